// The list of what was said. It stays at its end while the visitor is there, and where he reads when
// he is not.
import { effect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { at, hasOlder, lookBack, seeIfLooking, unread } from '../chat/messages.ts';
import { reads } from '../chat/reading.ts';
import { expanded } from '../chat/state.ts';
import { memory, token } from '../memory.ts';
import { count, day, t } from '../texts.ts';
import { Greeted, Notice, OnItsWay, Said, Uploading } from './Bubble.tsx';
import { Icon } from './icons.tsx';
import { Typing, Waiting } from './Meanwhile.tsx';
import { type Row, rows } from './rows.ts';

/** So near to the end counts as there. */
const NEAR_PX = 48;

function shownRow(row: Row) {
  switch (row.kind) {
    case 'day':
      return (
        <li class="day" key={row.key}>
          <span>{day(row.at)}</span>
        </li>
      );
    case 'notice':
      return <Notice key={row.key} message={row.message} />;
    case 'message':
      return <Said {...row} key={row.key} />;
    case 'greeting':
      return <Greeted key={row.key} greeting={row.greeting} />;
    case 'outgoing':
      return <OnItsWay key={row.key} outgoing={row.outgoing} />;
    case 'upload':
      return <Uploading key={row.key} upload={row.upload} />;
    default:
      return null;
  }
}

export function Conversation() {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const before = useRef({ first: '', height: 0, last: '' });
  const [isAway, setAway] = useState(false);
  const [isLookingBack, setLookingBack] = useState(false);
  const [mark, setMark] = useState<string>();
  const all = rows.value;

  const theirs = all.flatMap((row) => (row.kind === 'message' && !row.own ? row.key : []));
  /** What has come since he was at the end. */
  const fresh = theirs.length - theirs.indexOf(before.current.last) - 1;

  const isThere = () => scroller.current !== null && isAtEnd.current;

  const toEnd = () => {
    const box = scroller.current;
    if (box !== null) {
      box.scrollTop = box.scrollHeight;
    }
  };

  // Older messages come in above: what the visitor reads stays under his eyes.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) {
      return;
    }
    const first = all.find((row) => row.kind === 'message')?.key ?? '';
    if (isAtEnd.current) {
      toEnd();
    } else if (first !== before.current.first) {
      box.scrollTop += box.scrollHeight - before.current.height;
    }
    const last = isAtEnd.current ? (theirs.at(-1) ?? '') : before.current.last;
    before.current = { first, height: box.scrollHeight, last };
    reads(isThere);
  });

  // Whoever comes back to the window reads what came meanwhile.
  useEffect(() => {
    const comeBack = () => reads(isThere);
    window.addEventListener('focus', comeBack);
    document.addEventListener('visibilitychange', comeBack);
    return () => {
      window.removeEventListener('focus', comeBack);
      document.removeEventListener('visibilitychange', comeBack);
    };
  }, []);

  // A picture that loads, or the keyboard of a phone, changes the room that there is.
  useEffect(() => {
    const watcher = new ResizeObserver(() => {
      if (isAtEnd.current) {
        toEnd();
      }
      seeIfLooking();
    });
    for (const box of [scroller.current, list.current]) {
      if (box !== null) {
        watcher.observe(box);
      }
    }
    return () => watcher.disconnect();
  }, []);

  // What came while nobody looked begins below a mark: at once, before it counts as seen.
  const markFirst = () => {
    if (!expanded.value) {
      setMark(undefined);
    } else if (unread.peek() > 0) {
      const { read } = memory.peek();
      const first = rows
        .peek()
        .find((row) => row.kind === 'message' && !row.own && at(row.message) > read);
      setMark(first?.key);
      seeIfLooking();
    }
  };
  useEffect(() => effect(markFirst), []);

  const lookFurther = async (rid: string) => {
    setLookingBack(true);
    try {
      await lookBack(rid, token());
    } catch {
      // The next movement tries again.
    } finally {
      setLookingBack(false);
    }
  };
  const onScroll = () => {
    const box = scroller.current;
    const { rid } = memory.peek();
    if (box === null) {
      return;
    }
    isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    setAway(!isAtEnd.current);
    reads(isThere);
    if (box.scrollTop < NEAR_PX && hasOlder.peek() && !isLookingBack && rid !== undefined) {
      void lookFurther(rid);
    }
  };

  return (
    <div class="talk">
      {/* Scrolls with the keys too. */}
      <div
        class="scroller"
        ref={scroller}
        onScroll={onScroll}
        tabIndex={0}
        role="region"
        aria-label={t('conversation')}
      >
        {isLookingBack ? <p class="notice">{t('loadingOlder')}</p> : null}
        <div ref={list}>
          <ol>
            {all.map((row) =>
              row.key === mark
                ? [
                    <li class="mark" key="mark">
                      <span>{t('newMessages')}</span>
                    </li>,
                    shownRow(row),
                  ]
                : shownRow(row),
            )}
          </ol>
          <div role="status">
            <Waiting />
            <Typing />
          </div>
        </div>
      </div>
      {isAway ? (
        <button
          class="latest"
          type="button"
          onClick={() => {
            isAtEnd.current = true;
            toEnd();
          }}
        >
          <Icon name="down" small />
          {fresh > 0 ? count('unread', fresh) : t('toLatest')}
        </button>
      ) : null}
    </div>
  );
}
