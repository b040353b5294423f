import { type Message, millis } from '../../api/documents.ts';
import { remove } from '../../live/acts.ts';
import { connection } from '../../live/connection.ts';
import { deliveriesOf } from '../../live/deliveries.ts';
import { discard, tryAgain } from '../../live/outbox.ts';
import { me } from '../../live/people.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { t, time } from '../../texts.ts';
import { editing } from './editing.ts';
import type { Entry } from './entries.ts';
import { Files } from './Files.tsx';
import { Heard } from './Heard.tsx';
import { Linked } from './Linked.tsx';

type Of<Kind extends Entry['is']> = Extract<Entry, { readonly is: Kind }>;

export function Said({ entry }: { readonly entry: Of<'said'> }) {
  const { message, side, follows, isLast, by } = entry;
  const states = [
    ...(isLast ? [time(millis(message.ts))] : []),
    ...(isLast && message.u._id === me.value?._id ? [t('sent')] : []),
    ...(message.editedAt === undefined ? [] : [t('edited')]),
  ];
  return (
    <li class={`entry ${side}${follows ? ' follows' : ''}`}>
      <div class="said-by">
        {by === undefined ? null : (
          <p class="by">
            <bdi>{by}</bdi>
          </p>
        )}
        <div class="says">
          <div class="words">
            <Files message={message} />
            {message.msg === '' ? null : (
              <p class="bubble" dir="auto">
                <Linked text={message.msg} />
              </p>
            )}
          </div>
          {states.length === 0 ? null : <span class="when">{states.join(' · ')}</span>}
          {message.u._id === me.value?._id && message.msg !== '' ? <OwnTools message={message} /> : null}
        </div>
      </div>
      <Heard deliveries={deliveriesOf(message)} />
    </li>
  );
}

/** What one may do with words of one's own; shown where one points. */
function OwnTools({ message }: { readonly message: Message }) {
  return (
    <span class="own-tools">
      <button
        type="button"
        class="icon-button small"
        aria-label={t('edit')}
        title={t('edit')}
        onClick={() => {
          editing.value = message;
        }}
      >
        <Icon name="edit" size={14} />
      </button>
      <button
        type="button"
        class="icon-button small"
        aria-label={t('remove')}
        title={t('remove')}
        onClick={() => void remove(message._id)}
      >
        <Icon name="trash" size={14} />
      </button>
    </span>
  );
}

export function Outbound({ entry }: { readonly entry: Of<'outgoing'> }) {
  const { outgoing, follows } = entry;
  const { fault } = outgoing;
  return (
    <li class={`entry own${follows ? ' follows' : ''}${fault === undefined ? ' sending' : ''}`}>
      <div class="says">
        <p class={fault === undefined ? 'bubble' : 'bubble is-failed'} dir="auto">
          <Linked text={outgoing.text} />
        </p>
        {fault === undefined ? (
          <span class="when line">
            <Mark state="sending" size={14} />
            {t(connection.value.is === 'lost' ? 'waits' : 'sending')}
          </span>
        ) : (
          <span class="when line fault">
            <Icon name="alert" size={14} />
            {t('notSent', { reason: fault })}
            <button type="button" class="link-button" onClick={() => tryAgain(outgoing.id)}>
              {t('tryAgain')}
            </button>
            <button type="button" class="link-button" onClick={() => discard(outgoing.id)}>
              {t('discard')}
            </button>
          </span>
        )}
      </div>
    </li>
  );
}
