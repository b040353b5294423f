// A chat: what was said, what is going on, and where one writes.
import { useState } from 'preact/hooks';

import { announced } from '../chat/notices.ts';
import { slowed } from '../chat/outbox.ts';
import { config, connection, ended } from '../chat/state.ts';
import { sendFiles } from '../chat/uploads.ts';
import { t } from '../texts.ts';
import { Composer } from './Composer.tsx';
import { Conversation } from './Conversation.tsx';
import { Ended } from './Ended.tsx';
import { isAtDoor, Starts } from './Welcome.tsx';

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

export function Chat() {
  const [isOver, setOver] = useState(false);
  const isFirst = isAtDoor.value;
  const canSend = config.value?.settings.fileUpload === true && !ended.value;
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
        {connection.value === 'lost' ? <p class="banner lost">{t('reconnecting')}</p> : null}
        {slowed.value ? <p class="banner">{t('tooManyTries')}</p> : null}
      </div>
      {isFirst ? null : <Conversation />}
      {ended.value ? (
        <Ended />
      ) : (
        // The same before the first word and after it, so that who writes goes on writing.
        <div key="write" class={isFirst ? 'card' : 'write'}>
          <Composer isWide={isFirst} />
        </div>
      )}
      {isFirst ? <Starts /> : null}
      <Spoken />
      {isOver ? (
        <div class="drop" aria-hidden="true">
          {t('dropHere')}
        </div>
      ) : null}
    </div>
  );
}
