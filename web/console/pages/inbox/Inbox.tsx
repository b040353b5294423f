import './inbox.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { chat } from '../../live/chat.ts';
import { see } from '../../live/acts.ts';
import { connection } from '../../live/connection.ts';
import { areRead, places, waiting } from '../../live/lists.ts';
import { mayAnswer, peopleAreRead } from '../../live/people.ts';
import { useCommands } from '../../commands.ts';
import { useKeys } from '../../keys.ts';
import { NotAllowed } from '../../parts/NotAllowed.tsx';
import { chosenList, go, listQuery, openChat, place } from '../../place.ts';
import { t } from '../../texts.ts';
import { isNarrow, isWide } from '../../width.ts';
import { Announcer } from './Announcer.tsx';
import { Details } from './Details.tsx';
import { List, show, takeNext, views } from './List.tsx';
import { Nothing } from './Nothing.tsx';
import { rows, walked } from './rows.ts';
import { type Section, wantedSection } from './sections.ts';
import { Talk } from './Talk.tsx';
import { reveal } from './window.ts';

/** To the chat after or before the one that is open. */
function step(by: number): void {
  walked();
  const all = rows.peek();
  const at = all.findIndex((row) => row.rid === openChat.peek());
  const next = all[at === -1 ? 0 : at + by];
  if (next !== undefined) {
    go(`/inbox/${next.rid}${listQuery.peek()}`);
    const list = document.querySelector<HTMLElement>('.rows');
    if (list !== null) {
      reveal(list, next.rid);
    }
  }
}

export function Inbox() {
  return peopleAreRead.value && !mayAnswer.value ? <NotAllowed page={t('inbox')} permission="manage-livechat-agents" /> : <Chats />;
}

function Chats() {
  const hasDetails = useSignal(isWide.peek());
  const hasList = useSignal(true);
  const rid = openChat.value;
  const lookAt = (section: Section) => (): void => {
    hasDetails.value = true;
    wantedSection.value = section;
  };
  const withDeliveries = /^(\/inbox\/[^/]+)\/deliveries$/.exec(place.value.path)?.[1];
  useEffect(() => {
    if (withDeliveries !== undefined) {
      lookAt('webhooks')();
      go(withDeliveries, 'replace');
    }
  }, [withDeliveries]);
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    t: takeNext,
    ']': () => {
      hasDetails.value = !hasDetails.value;
    },
    '[': () => {
      hasList.value = !hasList.value;
    },
    ...(rid === undefined ? {} : { v: lookAt('visitor'), l: lookAt('tags'), d: lookAt('webhooks') }),
    Escape: () => {
      if (!isWide.peek() && hasDetails.peek()) {
        hasDetails.value = false;
      } else {
        go(chosenList.peek());
      }
    },
    ...Object.fromEntries(views().map((one, index) => [String(index + 1), () => show(one)])),
  });
  const waits = waiting.value.length > 0;
  useCommands(waits ? [{ icon: 'take', title: t('takeNext'), keys: 'T', act: takeNext }] : []);
  const name = chat.value?.room?.fname;
  useEffect(() => {
    document.title = `${rid === undefined || name === undefined ? t('inbox') : name} · Hark`;
  }, [rid, name]);
  const ownUnread = rid === undefined ? 0 : (places.value.get(rid)?.unread ?? 0);
  useEffect(() => {
    const look = (): void => {
      if (rid !== undefined && document.visibilityState === 'visible') {
        void see(rid);
      }
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [rid, ownUnread]);
  return (
    <div class={`inbox${rid === undefined ? '' : ' has-chat'}`} data-connection={areRead.value ? connection.value.is : 'connecting'}>
      {rid !== undefined && (isNarrow.value || !hasList.value) ? null : <List />}
      <Announcer />
      <div class="columns">
        {rid === undefined ? (
          isNarrow.value ? null : (
            <Nothing />
          )
        ) : (
          <>
            <Talk
              key={rid}
              detailsAreShown={hasDetails.value}
              toggleDetails={() => {
                hasDetails.value = !hasDetails.value;
              }}
            />
            {hasDetails.value && chat.value?.state !== 'missing' ? (
              <Details
                key={rid}
                close={() => {
                  hasDetails.value = false;
                }}
              />
            ) : null}
          </>
        )}
      </div>
    </div>
  );
}
