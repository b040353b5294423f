import './past.css';

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { calledAs, type Message, millis, type Related } from '../../api/documents.ts';
import { readPast } from '../../live/past.ts';
import { wordsOf } from '../../live/quotes.ts';
import { minute } from '../../live/clock.ts';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address } from '../../place.ts';
import { count, t, when } from '../../texts.ts';
import { Linked } from './Linked.tsx';

interface Props {
  readonly past: Related;
  readonly close: () => void;
}

/** An earlier chat of the visitor, read where the details stand: the open one stays as it is. */
export function Past({ past, close }: Props) {
  const messages = useSignal<readonly Message[] | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const back = useRef<HTMLButtonElement>(null);
  const look = async (): Promise<void> => {
    error.value = undefined;
    try {
      messages.value = await readPast(past.id);
    } catch (fault) {
      error.value = fault;
    }
  };
  useEffect(() => {
    back.current?.focus();
    void look();
  }, [past.id]);
  const at = when(millis(past.startedAt), minute.value);
  return (
    <section
      class="past-chat"
      aria-label={t('earlierChat', { date: at })}
      aria-busy={messages.value === undefined && error.value === undefined}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.preventDefault();
          close();
        }
      }}
    >
      <header class="line">
        <button ref={back} type="button" class="icon-button" aria-label={t('backToDetails')} title={t('backToDetails')} onClick={close}>
          <Icon name="left" turns />
        </button>
        <div class="cut-text">
          <h3>{t('earlierChat', { date: at })}</h3>
          <p class="meta cut-text">
            {[past.topic, past.tags.join(', '), count('messages', past.messages)].filter((part) => part !== null && part !== '').join(' · ')}
          </p>
        </div>
        <span class="push" />
        <a class="button small" href={address(`/inbox/${past.id}`)} data-inside>
          {t('openIt')}
        </a>
      </header>
      {error.value === undefined ? null : <NotRead error={error.value} again={() => void look()} />}
      {messages.value === undefined && error.value === undefined ? <Skeleton rows={4} /> : null}
      <ol tabIndex={0} aria-label={t('conversation')}>
        {messages.value?.map((message) => (
          <li key={message._id} class={message.token === undefined ? 'is-ours' : ''}>
            <span class="meta">
              <bdi>{calledAs(message.u)}</bdi> · {when(millis(message.ts), minute.value)}
            </span>
            <p dir="auto">{message.msg === '' && message.file !== undefined ? message.file.name : <Linked text={wordsOf(message.msg)} />}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
