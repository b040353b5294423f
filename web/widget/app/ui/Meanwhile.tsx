// What goes on below the last message: a place in the queue, and who writes.
import { leaveMessage } from '../chat/chat.ts';
import { agent, config, isRunning, queue, typing } from '../chat/state.ts';
import { name as clean } from '../formatted.tsx';
import { count, t } from '../texts.ts';
import { Avatar, hasFaces } from './Avatar.tsx';

export function Dots() {
  return (
    <span class="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}

/** Like a message that is still to come; in words for those who do not see it. */
export function Typing() {
  const [first, second] = typing.value;
  if (first === undefined) {
    return null;
  }
  const who = agent.value;
  const isAgent = who?.username === first;
  const name = clean(isAgent ? (who.name ?? first) : first);
  const hasFace = isAgent && hasFaces();
  return (
    <div class={hasFace ? 'row theirs typing faced' : 'row theirs typing'}>
      {hasFace ? <Avatar name={name} username={first} /> : null}
      <div class="bubble">
        <Dots />
      </div>
      <p class="unseen">{second === undefined ? t('isTyping', { name }) : t('areTyping')}</p>
    </div>
  );
}

export function Waiting() {
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
  const own = place?.message?.text ?? '';
  const spot = place === undefined || isAlone ? undefined : place.spot;
  const words = spot === undefined ? t('connecting') : t('queueSpot', { spot });
  return (
    <div class="queue">
      {spot === undefined ? null : (
        <span class="spot" aria-hidden="true">
          {spot}
        </span>
      )}
      {/* The operator's own words stand instead of the sentence; the number is in its ring. */}
      <p class="strong">{isAlone ? t('weAway') : own === '' ? words : own}</p>
      {own === '' || spot === undefined ? null : <p class="unseen">{words}</p>}
      {seconds > 0 && !isAlone ? (
        <p class="meta">{count('queueWait', Math.ceil(seconds / 60))}</p>
      ) : null}
      <div class="more">
        <p>{t('keepWriting')}</p>
        {displayOfflineForm ? (
          <button class="link" type="button" onClick={leaveMessage}>
            {t('leaveMessageInstead')}
          </button>
        ) : null}
      </div>
    </div>
  );
}
