// A chat: what was said, what is going on, and where one writes.
import { useEffect, useState } from 'preact/hooks';

import { announced } from '../chat/notices.ts';
import { slowed } from '../chat/outbox.ts';
import { agent, config, connection, ended, screen } from '../chat/state.ts';
import { sendFiles } from '../chat/uploads.ts';
import { memory } from '../memory.ts';
import { t } from '../texts.ts';
import { Composer } from './Composer.tsx';
import { Conversation } from './Conversation.tsx';
import { Icon } from './icons.tsx';
import { asking } from './later.ts';
import { isAtDoor, OpenToday, Running, Starts } from './Welcome.tsx';

/** Whatever is said once to those who listen: the agent's words, not one's own. */
function Spoken() {
  return (
    <div class="unseen" aria-live="polite">
      {announced.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}

/** What is over in a moment is not worth a word. */
const PATIENCE_MS = 2000;

function Lost() {
  const [isSaid, setSaid] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSaid(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return isSaid ? (
    <p class="banner lost">
      <Icon name="again" small />
      {t('reconnecting')}
    </p>
  ) : null;
}

export function Chat() {
  const [isOver, setOver] = useState(false);
  const isFirst = isAtDoor.value;
  const isThere = memory.value.rid !== undefined || ended.value;
  const End = asking.there.value?.Ended;
  const wantsEnd = ended.value || agent.value !== undefined;
  useEffect(() => {
    // It is there when the chat ends.
    if (wantsEnd) {
      asking.bring();
    }
  }, [wantsEnd]);
  const canSend =
    config.value?.settings.fileUpload === true && !ended.value && screen.value === 'chat';
  return (
    <div
      class="chat"
      onDragOver={(event) => {
        if (canSend && event.dataTransfer?.types.includes('Files') === true) {
          event.preventDefault();
          setOver(true);
        }
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) {
          setOver(false);
        }
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (canSend) {
          sendFiles([...(event.dataTransfer?.files ?? [])]);
        }
      }}
    >
      <div role="status">
        {connection.value === 'lost' && !isFirst ? <Lost /> : null}
        {slowed.value ? <p class="banner">{t('tooManyTries')}</p> : null}
      </div>
      {isFirst ? null : <Conversation />}
      {isFirst && isThere ? (
        <Running />
      ) : ended.value ? (
        End && <End />
      ) : (
        // The same before the first word and after it, so that who writes goes on writing.
        <div key="write" class={isFirst ? 'card' : 'write'}>
          <Composer isWide={isFirst} />
        </div>
      )}
      {isFirst && !isThere ? <Starts /> : null}
      {isFirst ? <OpenToday /> : null}
      <Spoken />
      {isOver ? (
        <div class="drop" aria-hidden="true">
          {t('dropHere')}
        </div>
      ) : null}
    </div>
  );
}
