import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { millis, type Room } from '../../api/documents.ts';
import { giveBack, hold, join, resume, take } from '../../live/acts.ts';
import { type Chat, chat, read } from '../../live/chat.ts';
import { isFull } from '../../live/capacity.ts';
import { draftOf, keepMode } from '../../live/drafts.ts';
import { places } from '../../live/lists.ts';
import { departmentName, may, mayAnswer, me, nameOf } from '../../live/people.ts';
import { say } from '../../live/toasts.ts';
import { priorities, priorityName, priorityOf } from '../../live/urgency.ts';
import { minute } from '../../live/clock.ts';
import { queueRows } from '../../live/row.ts';
import { useCommands } from '../../commands.ts';
import { useKeys } from '../../keys.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { later } from '../../parts/later.tsx';
import { address, chosenList } from '../../place.ts';
import { count, t } from '../../texts.ts';
import { isNarrow, isPhone } from '../../width.ts';
import { Composer } from './Composer.tsx';
import { whyFull } from './List.tsx';
import { Log } from './Log.tsx';
import { closingRoom } from './closing.ts';
import { editing } from './editing.ts';
import { resendCommands, tagCommands } from './found.ts';
import { useAbout } from './useAbout.ts';
import { Viewers } from './Viewers.tsx';

const Choices = later(async () => (await import('./Choices.tsx')).Choices);
const CloseDialog = later(async () => (await import('./CloseDialog.tsx')).CloseDialog);
const Missing = later(async () => (await import('./Missing.tsx')).Missing);
const Forward = later(async () => (await import('./Forward.tsx')).Forward);

interface Props {
  readonly detailsAreShown: boolean;
  readonly toggleDetails: () => void;
}

export function Talk({ detailsAreShown, toggleDetails }: Props) {
  const open = chat.value;
  if (open === undefined) {
    return <main id="main" tabIndex={-1} class="talk" aria-busy="true" />;
  }
  if (open.state === 'missing') {
    return <Missing.Part />;
  }
  return (
    <main id="main" tabIndex={-1} class="talk">
      <Head chat={open} detailsAreShown={detailsAreShown} toggleDetails={toggleDetails} />
      {open.state === 'fault' && open.messages.length === 0 ? (
        <div class="empty">
          <Icon name="alert" size={20} />
          <h3>{t('chatFault')}</h3>
          <p>{t('chatFaultMore')}</p>
          <button type="button" class="button" onClick={() => void read(open.rid)}>
            <Icon name="retry" />
            {t('tryNow')}
          </button>
        </div>
      ) : (
        <Log chat={open} />
      )}
      <Foot chat={open} />
    </main>
  );
}

function about(room: Room): string {
  const minutes = Math.max(0, Math.floor((minute.value - millis(room.ts)) / 60_000));
  const priority = priorityOf(room);
  return [
    departmentName(room.departmentId),
    priority === undefined ? undefined : priorityName(priority),
    count('minutes', minutes),
    count('messages', room.msgs),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** Apart from the head of the chat, which is not drawn again with each minute. */
function Facts({ room }: { readonly room: Room }) {
  return <>{about(room)}</>;
}

/** Where nothing stands beside a chat: whether its visitor is there, and what they look at. */
function Here({ chat: open, room }: { readonly chat: Chat; readonly room: Room }) {
  const page = useAbout(open)?.pages[0];
  const at = page === undefined ? departmentName(room.departmentId) : (page.navigation?.page?.title ?? page.msg);
  return <>{room.v?.status === 'online' ? [t('hereNow'), at].filter((part) => part !== undefined).join(' · ') : about(room)}</>;
}

/** Whether the one who looks may end it or pass it on. */
const isInCharge = (room: Room): boolean =>
  room.open === true &&
  room.servedBy !== undefined &&
  (room.servedBy._id === me.value?._id || may('close-others-livechat-room'));

/** A key was pressed for what has no button. */
const refuse = (what: 'forward' | 'hold'): void => say(t('notAllowedPage', { page: t(what) }));

function Head({ chat: open, detailsAreShown, toggleDetails }: Props & { readonly chat: Chat }) {
  const { room } = open;
  const dialog = useSignal<'none' | 'close' | 'forward' | 'more'>('none');
  const isOwn = room !== undefined && isInCharge(room);
  useEffect(() => {
    if (isOwn) {
      CloseDialog.prepare();
      Forward.prepare();
    }
  }, [isOwn]);
  const shut = (): void => {
    dialog.value = 'none';
  };
  const act = (what: () => void) => (): void => {
    if (isOwn) {
      what();
    }
  };
  // Asked for beside the words that have just been sent.
  const isAsked = closingRoom.value !== undefined && closingRoom.value === room?._id;
  useEffect(() => {
    if (isAsked) {
      closingRoom.value = undefined;
      dialog.value = 'close';
    }
  }, [isAsked]);
  const openClosing = act(() => {
    dialog.value = 'close';
  });
  const mayForward = isOwn && may('transfer-livechat-guest');
  const openForwarding = act(() => {
    if (mayForward) {
      dialog.value = dialog.peek() === 'forward' ? 'none' : 'forward';
    } else {
      refuse('forward');
    }
  });
  const isHeld = room?.onHold === true;
  const mayHold = isOwn && may('on-hold-livechat-room');
  const holdOrResume = act(() => {
    if (room !== undefined && mayHold) {
      void (isHeld ? resume(room) : hold(room));
    } else {
      refuse('hold');
    }
  });
  const waits = room?.open === true && room.servedBy === undefined;
  const mayRank = room?.open === true && may('view-l-room') && priorities.value.length > 0;
  const hasMore = mayRank || (isPhone.value && isOwn);
  useEffect(() => {
    if (hasMore) {
      Choices.prepare();
    }
  }, [hasMore]);
  const giveItBack = act(() => {
    if (room !== undefined) {
      void giveBack(room);
    }
  });
  const Heading = isNarrow.value ? 'h1' : 'h2';
  useKeys({ e: openClosing, f: openForwarding, u: giveItBack, h: holdOrResume });
  const acts = [
    ...(mayForward ? [{ icon: 'forward', title: t('forward'), keys: 'F', act: openForwarding }] : []),
    ...(isOwn ? [{ icon: 'back', title: t('giveBack'), keys: 'U', act: giveItBack }] : []),
    ...(mayHold
      ? [{ icon: isHeld ? 'play' : 'hold', title: t(isHeld ? 'resume' : 'hold'), keys: 'H', act: holdOrResume }]
      : []),
  ];
  useCommands([
    ...(isOwn ? [{ of: 'chat' as const, icon: 'done', title: t('closeChat'), keys: 'E', act: openClosing }] : []),
    ...acts.map((one) => ({ ...one, of: 'chat' as const })),
    ...resendCommands(),
    ...(isOwn ? tagCommands(room) : []),
  ]);
  return (
    <header class="talk-head">
      <a class="icon-button to-list" href={address(chosenList.value)} data-inside aria-label={t('backToList')}>
        <Icon name="left" turns />
      </a>
      <div class="who cut-text">
        <Heading>
          <bdi>{room?.fname}</bdi>
        </Heading>
        <p class="cut-text num">{room === undefined ? '' : isPhone.value ? <Here chat={open} room={room} /> : <Facts room={room} />}</p>
      </div>
      <span class="push" />
      {room === undefined ? null : <Viewers rid={room._id} />}
      {isPhone.value
        ? null
        : acts.map(({ icon, title, keys, act: run }) => (
            <button
              key={keys}
              type="button"
              class={keys === 'F' && dialog.value === 'forward' ? 'icon-button is-open' : 'icon-button'}
              aria-label={title}
              {...(keys === 'F' ? { 'aria-expanded': dialog.value === 'forward' } : {})}
              title={`${title}  ${keys}`}
              onClick={run}
            >
              <Icon name={icon} turns />
            </button>
          ))}
      {hasMore ? (
        <button
          type="button"
          class={dialog.value === 'more' ? 'icon-button more-acts is-open' : 'icon-button more-acts'}
          aria-label={t('more')}
          aria-expanded={dialog.value === 'more'}
          title={t('more')}
          onClick={() => {
            dialog.value = dialog.peek() === 'more' ? 'none' : 'more';
          }}
        >
          <Icon name="more" />
        </button>
      ) : null}
      {detailsAreShown ? null : (
        <button
          type="button"
          class="icon-button"
          aria-label={t('showDetails')}
          title={`${t('showDetails')}  ]`}
          onClick={toggleDetails}
        >
          <Icon name="info" />
        </button>
      )}
      {isOwn ? (
        <button type="button" class="button close-chat" onClick={openClosing}>
          <Icon name="done" />
          <span>{t('close')}</span>
          <Key keys="E" />
        </button>
      ) : null}
      {dialog.value === 'close' && room !== undefined ? <CloseDialog.Part room={room} close={shut} /> : null}
      {dialog.value === 'more' && room !== undefined ? <Choices.Part room={room} waits={waits} acts={isPhone.value ? acts : []} close={shut} /> : null}
      {dialog.value === 'forward' && room !== undefined ? <Forward.Part room={room} close={shut} /> : null}
    </header>
  );
}

/** Where one writes, or why one does not. */
export function Foot({ chat: { rid, room, messages } }: { readonly chat: Chat }) {
  const waiting = queueRows.value.find((row) => row.rid === rid);
  const takeIt = (): void => {
    if (waiting?.inquiry !== undefined) {
      void take(waiting.inquiry, rid);
    }
  };
  const isNoting = useSignal(false);
  const isWriting = isNoting.value || (editing.value?.is === 'note' && editing.value.rid === rid);
  const begin = (): void => {
    isNoting.value = true;
    // Whoever is given the chat meanwhile goes on with the note.
    keepMode(rid, 'note');
  };
  const end = (): void => {
    isNoting.value = false;
    if (draftOf(rid, 'note') === '') {
      keepMode(rid, 'reply');
    }
  };
  const isReplying = room?.open === true && places.value.has(rid);
  useEffect(() => {
    isNoting.value = !isReplying && draftOf(rid, 'note') !== '';
  }, [isReplying]);
  const mayNote = mayAnswer.value && room !== undefined && !isReplying;
  useKeys({ ...(waiting === undefined ? {} : { t: takeIt }), ...(mayNote && !isWriting ? { n: begin } : {}) });
  if (room === undefined) {
    return null;
  }
  if (isReplying) {
    return (
      <>
        {room.onHold === true ? (
          <p class="on-hold">
            <span class="badge">
              <Icon name="hold" size={14} />
              {t('isOnHold')}
            </span>
            <span class="meta">{t('onHoldMore')}</span>
            <span class="push" />
            <button type="button" class="button small" onClick={() => void resume(room)}>
              {t('resume')}
              <Key keys="H" />
            </button>
          </p>
        ) : null}
        <Composer key="all" room={room} messages={messages} />
      </>
    );
  }
  const isQueued = waiting !== undefined || room.servedBy === undefined;
  return (
    <>
      <div class="foot-note">
        <span>
          {room.open !== true
            ? t('closedNote')
            : waiting !== undefined && isFull.value
              ? t('takeWaits')
              : isQueued
                ? t('queuedNote')
                : t('othersNote', { name: nameOf(room.servedBy?.username ?? '') })}
        </span>
        <span class="push" />
        {mayNote && !isWriting ? (
          <button type="button" class="button" onClick={begin}>
            <Icon name="lock" />
            <span>{t('note')}</span>
            <Key keys="N" />
          </button>
        ) : null}
        {waiting === undefined ? null : (
          <button type="button" class="button primary" {...whyFull()} onClick={takeIt}>
            <span>{t('take')}</span>
            <Key keys="T" />
          </button>
        )}
        {room.open === true && !isQueued && may('view-livechat-rooms') ? (
          <button type="button" class="button" onClick={() => void join(rid)}>
            {t('join')}
          </button>
        ) : null}
      </div>
      {mayNote && isWriting ? (
        <Composer key="notes" room={room} messages={messages} endNote={end} />
      ) : null}
    </>
  );
}
