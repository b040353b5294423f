import { useSignal } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { type Message, millis } from '../../api/documents.ts';
import { type Chat, follow, readEarlier, readUntil } from '../../live/chat.ts';
import { deliveries, deliveriesOf } from '../../live/deliveries.ts';
import { notes } from '../../live/notes.ts';
import { outbox } from '../../live/outbox.ts';
import { me } from '../../live/people.ts';
import { visitorReadUntil } from '../../live/reading.ts';
import { complain } from '../../live/toasts.ts';
import { typing } from '../../live/typing.ts';
import { unfinished } from '../../live/unfinished.ts';
import { uploads } from '../../live/uploads.ts';
import { minute } from '../../live/clock.ts';
import { Icon } from '../../parts/Icon.tsx';
import { later } from '../../parts/later.tsx';
import { openChat, place } from '../../place.ts';
import { day, t, time } from '../../texts.ts';
import { Outbound, Said } from './Bubble.tsx';
import { removing } from './editing.ts';
import { type Entry, entriesOf, partsOf } from './entries.ts';
import { Heard } from './Heard.tsx';
import { focusAgain } from './InPlace.tsx';
import { Dots } from './ListRow.tsx';
import { Noted } from './Noted.tsx';
import { Sending } from './Sending.tsx';

const Removing = later(async () => (await import('./Removing.tsx')).Removing);

/** Whoever is so near to the end follows what comes. */
const NEAR_PX = 80;

export function Log({ chat }: { readonly chat: Chat }) {
  const element = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  const height = useRef(0);
  const isBehind = useSignal(false);
  const { room, messages, rid } = chat;
  const entries =
    room === undefined
      ? []
      : entriesOf(
          room,
          messages,
          notes.value,
          me.value?._id ?? '',
          outbox.value.filter((one) => one.rid === rid),
          visitorReadUntil.value,
        );
  const guest = room?.v?.username;
  const name = room?.fname ?? '';
  const isTyping = guest !== undefined && (typing.value.get(rid)?.includes(guest) ?? false);
  const first = messages[0]?._id;
  const firstBefore = useRef(first);
  useLayoutEffect(() => {
    const log = element.current;
    if (log === null) {
      return;
    }
    if (follows.current) {
      log.scrollTop = log.scrollHeight;
    } else if (firstBefore.current !== first) {
      // What was read stays where it is when earlier words come above it.
      log.scrollTop += log.scrollHeight - height.current;
    } else if (log.scrollHeight > height.current) {
      isBehind.value = true;
    }
    firstBefore.current = first;
    height.current = log.scrollHeight;
  });
  useEffect(() => {
    const log = element.current;
    const resized = new ResizeObserver(() => {
      if (follows.current && log !== null) {
        log.scrollTop = log.scrollHeight;
      }
    });
    if (log !== null) {
      resized.observe(log);
    }
    follow(true);
    return () => resized.disconnect();
  }, []);
  const at = place.value.query.get('at') ?? '';
  /** Of a note: when it was added. */
  const noted = Number(place.value.query.get('noted') ?? 0);
  const isNoted = notes.value.some(({ id }) => id === at);
  const isThere = chat.state === 'there';
  useEffect(() => {
    const show = async (): Promise<void> => {
      follows.current = false;
      follow(false);
      const isEnough = noted > 0 ? ({ ts }: Message) => millis(ts) <= noted : ({ _id }: Message) => _id === at;
      const isFound = await readUntil(rid, isEnough).catch(() => true);
      if (!isFound && noted === 0 && openChat.peek() === rid) {
        complain(t('messageGone'));
      }
      requestAnimationFrame(() => {
        const found = element.current?.querySelector(`[data-id="${CSS.escape(at)}"]`);
        // Until it is told that the log has moved, what comes meanwhile must not take it to its end.
        follows.current = false;
        found?.scrollIntoView({ block: 'center' });
      });
    };
    if (at !== '' && isThere) {
      void show();
    }
  }, [at, isThere, isNoted]);
  const scrolled = (): void => {
    const log = element.current;
    if (log === null) {
      return;
    }
    follows.current = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
    follow(follows.current);
    if (follows.current) {
      isBehind.value = false;
    }
    if (log.scrollTop < NEAR_PX) {
      void readEarlier().catch(() => undefined);
    }
  };
  return (
    <>
      <ol ref={element} class={deliveries.value.length > 0 ? 'log has-marks' : 'log'} aria-label={t('conversation')} tabIndex={0} onScroll={scrolled} onKeyDown={toTools}>
        {entries.map((entry) => (
          <LogEntry key={entry.key} entry={entry} />
        ))}
        {uploads.value
          .filter((one) => one.rid === rid)
          .map((one) => (
            <Sending key={`upload ${one.id}`} upload={one} />
          ))}
        <Unsent name={name} words={unfinished.value} isTyping={isTyping} />
      </ol>
      {removing.value === undefined ? null : (
        <Removing.Part
          {...removing.value}
          close={() => {
            removing.value = undefined;
            focusAgain(element);
          }}
        />
      )}
      {isBehind.value ? (
        <button
          type="button"
          class="button small to-end"
          onClick={() => {
            follows.current = true;
            follow(true);
            element.current?.scrollTo({ top: element.current.scrollHeight });
          }}
        >
          <Icon name="down" />
          {t('newBelow')}
        </button>
      ) : null}
    </>
  );
}

/** To what one may do with the message that has the focus, or with the last one. */
function toTools(event: TargetedKeyboardEvent<HTMLElement>): void {
  const { key, shiftKey, target, currentTarget } = event;
  if (key === 'ContextMenu' || (key === 'F10' && shiftKey)) {
    const entry = target instanceof Element ? target.closest('.entry') : null;
    const tools = [...(entry ?? currentTarget).querySelectorAll('.own-tools')].at(-1);
    const first = tools?.querySelector('button');
    if (first instanceof HTMLElement) {
      event.preventDefault();
      first.focus();
    }
  }
}

interface UnsentProps {
  readonly name: string;
  readonly words: string;
  readonly isTyping: boolean;
}

/** What the visitor has begun to write. */
export function Unsent({ name, words, isTyping }: UnsentProps) {
  return isTyping || words !== '' ? (
    <li class="entry theirs">
      <div class="says">
        {words === '' ? null : (
          <span class="bubble unfinished">
            <span class="unseen">{t('notSentYet', { name })} </span>
            <span dir="auto">{words}</span>
          </span>
        )}
        {isTyping ? (
          <span class="bubble typing-bubble">
            <Dots />
            <span class="unseen">{t('typingNow', { name })}</span>
          </span>
        ) : null}
      </div>
    </li>
  ) : null;
}

/** Who did it stands out, and runs as it is written. */
function Words({ of }: { readonly of: string }) {
  const [before, name, after] = partsOf(of);
  return name === '' ? (
    before
  ) : (
    <>
      {before}
      <b>
        <bdi>{name}</bdi>
      </b>
      {after}
    </>
  );
}

export function LogEntry({ entry }: { readonly entry: Entry }) {
  switch (entry.is) {
    case 'day':
      return (
        <li class="entry">
          <p class="day-line">{day(entry.at, minute.value)}</p>
        </li>
      );
    case 'event':
      return (
        <li class="entry event">
          <p class="event-line">
            <Icon name={entry.icon} size={14} />
            <span>
              <Words of={entry.words} /> · <time class="num">{time(entry.at)}</time>
            </span>
          </p>
          <Heard deliveries={deliveriesOf(entry.message)} />
        </li>
      );
    case 'said':
      return <Said entry={entry} />;
    case 'note':
      return <Noted note={entry.note} />;
    case 'outgoing':
    default:
      return <Outbound entry={entry} />;
  }
}
