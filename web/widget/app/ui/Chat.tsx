// A chat: what was said, what is going on, and where one writes.
import { useState } from 'preact/hooks';

import { leaveMessage } from '../chat/chat.ts';
import { announced } from '../chat/notices.ts';
import { slowed } from '../chat/outbox.ts';
import { agent, config, connection, ended, isRunning, queue, typing } from '../chat/state.ts';
import { sendFiles } from '../chat/uploads.ts';
import { name as clean } from '../formatted.tsx';
import { count, t } from '../texts.ts';
import { Composer } from './Composer.tsx';
import { Conversation } from './Conversation.tsx';
import { Ended } from './Ended.tsx';

function Typing() {
  const [first, second] = typing.value;
  if (first === undefined) {
    return null;
  }
  const who = agent.value;
  const name = who?.username === first ? (who.name ?? first) : first;
  const text =
    second === undefined ? t('isTyping', { name: clean(name) }) : t('areTyping');
  return (
    <p class="typing">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {text}
    </p>
  );
}

function Waiting() {
  const place = queue.value;
  const { showConnecting = false, displayOfflineForm = false } = config.value?.settings ?? {};
  const isAlone = config.value?.online === false;
  if (
    !isRunning.value ||
    agent.value !== undefined ||
    (place === undefined && !showConnecting && !isAlone)
  ) {
    return null;
  }
  const seconds = place?.estimatedWaitTimeSeconds ?? 0;
  const words = place?.message?.text ?? '';
  return (
    <div class="banner">
      <p>
        {isAlone ? t('offline') : words === '' ? t('connecting') : words}
        {place === undefined || isAlone ? null : <strong> {t('queueSpot', { spot: place.spot })}</strong>}
        {seconds > 0 && !isAlone ? ` ${count('queueWait', Math.ceil(seconds / 60))}` : null}
      </p>
      {displayOfflineForm ? (
        <button class="link" type="button" onClick={leaveMessage}>
          {t('leaveMessageInstead')}
        </button>
      ) : null}
    </div>
  );
}

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
      <Conversation />
      <div role="status" class="status">
        {connection.value === 'lost' ? <p class="banner lost">{t('reconnecting')}</p> : null}
        {slowed.value ? <p class="banner">{t('tooManyTries')}</p> : null}
        <Waiting />
        <Typing />
      </div>
      {ended.value ? <Ended /> : <Composer />}
      <Spoken />
      {isOver ? (
        <div class="drop" aria-hidden="true">
          {t('dropHere')}
        </div>
      ) : null}
    </div>
  );
}
