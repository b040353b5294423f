import { useSignal } from '@preact/signals';

import type { Room } from '../../api/documents.ts';
import { millis } from '../../api/documents.ts';
import { giveBack, join, take } from '../../live/acts.ts';
import { type Chat, chat, read } from '../../live/chat.ts';
import { places } from '../../live/lists.ts';
import { departmentName, may, me, nameOf } from '../../live/people.ts';
import { useCommands } from '../../commands.ts';
import { useKeys } from '../../keys.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { address } from '../../place.ts';
import { count, t } from '../../texts.ts';
import { isNarrow } from '../../width.ts';
import { CloseDialog } from './CloseDialog.tsx';
import { Composer } from './Composer.tsx';
import { Forward } from './Forward.tsx';
import { Log } from './Log.tsx';
import { now } from './clock.ts';
import { queueRows } from './rows.ts';

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
    return (
      <main id="main" tabIndex={-1} class="nothing">
        <h2>{t('noChat')}</h2>
        <p>{t('noChatMore')}</p>
        <a class="button" href={address('/inbox')} data-inside>
          {t('toInbox')}
        </a>
      </main>
    );
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
  const minutes = Math.max(0, Math.floor((now.value - millis(room.ts)) / 60_000));
  return [
    departmentName(room.departmentId),
    count('minutes', minutes),
    count('messages', room.msgs),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** Whether the one who looks may end it or pass it on. */
const isInCharge = (room: Room): boolean =>
  room.open === true &&
  room.servedBy !== undefined &&
  (room.servedBy._id === me.value?._id || may('close-others-livechat-room'));

function Head({ chat: { room }, detailsAreShown, toggleDetails }: Props & { readonly chat: Chat }) {
  const dialog = useSignal<'none' | 'close' | 'forward'>('none');
  const isOwn = room !== undefined && isInCharge(room);
  const shut = (): void => {
    dialog.value = 'none';
  };
  const act = (what: () => void) => (): void => {
    if (isOwn) {
      what();
    }
  };
  const openClosing = act(() => {
    dialog.value = 'close';
  });
  const mayForward = isOwn && may('transfer-livechat-guest');
  const openForwarding = act(() => {
    if (!mayForward) {
      return;
    }
    dialog.value = dialog.peek() === 'forward' ? 'none' : 'forward';
  });
  const giveItBack = act(() => {
    if (room !== undefined) {
      void giveBack(room);
    }
  });
  const Heading = isNarrow.value ? 'h1' : 'h2';
  useKeys({ e: openClosing, f: openForwarding, u: giveItBack });
  useCommands(
    isOwn
      ? [
          { icon: 'done', title: t('closeChat'), keys: 'E', act: openClosing },
          ...(mayForward ? [{ icon: 'forward', title: t('forwardTitle'), keys: 'F', act: openForwarding }] : []),
          { icon: 'back', title: t('giveBack'), keys: 'U', act: giveItBack },
        ]
      : [],
  );
  return (
    <header class="talk-head">
      <a class="icon-button to-list" href={address('/inbox')} data-inside aria-label={t('backToList')}>
        <Icon name="left" turns />
      </a>
      <div class="who cut-text">
        <Heading>
          <bdi>{room?.fname}</bdi>
        </Heading>
        <p class="cut-text num">{room === undefined ? '' : about(room)}</p>
      </div>
      <span class="push" />
      {mayForward ? (
        <button
          type="button"
          class={dialog.value === 'forward' ? 'icon-button is-open' : 'icon-button'}
          aria-label={t('forward')}
          aria-expanded={dialog.value === 'forward'}
          title={`${t('forward')}  F`}
          onClick={openForwarding}
        >
          <Icon name="forward" turns />
        </button>
      ) : null}
      {isOwn ? (
        <button
          type="button"
          class="icon-button"
          aria-label={t('giveBack')}
          title={`${t('giveBack')}  U`}
          onClick={giveItBack}
        >
          <Icon name="back" turns />
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
      {dialog.value === 'close' && room !== undefined ? <CloseDialog room={room} close={shut} /> : null}
      {dialog.value === 'forward' && room !== undefined ? <Forward room={room} close={shut} /> : null}
    </header>
  );
}

/** Where one writes, or why one does not. */
function Foot({ chat: { rid, room, messages } }: { readonly chat: Chat }) {
  const waiting = queueRows.value.find((row) => row.rid === rid);
  const takeIt = (): void => {
    if (waiting?.inquiry !== undefined) {
      void take(waiting.inquiry, rid);
    }
  };
  useKeys(waiting === undefined ? {} : { t: takeIt });
  if (room === undefined) {
    return null;
  }
  if (room.open !== true) {
    return <p class="foot-note">{t('closedNote')}</p>;
  }
  if (places.value.has(rid)) {
    return <Composer room={room} messages={messages} />;
  }
  if (waiting !== undefined || room.servedBy === undefined) {
    return (
      <div class="foot-note">
        <span>{t('queuedNote')}</span>
        <span class="push" />
        {waiting === undefined ? null : (
          <button type="button" class="button primary" onClick={takeIt}>
            <span>{t('take')}</span>
            <Key keys="T" />
          </button>
        )}
      </div>
    );
  }
  return (
    <div class="foot-note">
      <span>{t('othersNote', { name: nameOf(room.servedBy.username) })}</span>
      <span class="push" />
      {may('view-livechat-rooms') ? (
        <button type="button" class="button" onClick={() => void join(rid)}>
          {t('join')}
        </button>
      ) : null}
    </div>
  );
}
