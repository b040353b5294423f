import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';

import { type Message, millis, type Room } from '../../api/documents.ts';
import { addNote, edit, editNote, hold } from '../../live/acts.ts';
import { canned, readCanned } from '../../live/canned.ts';
import { draftOf, keepDraft, keepMode, keepReadUntil, type Mode, modeOf, readUntilOf } from '../../live/drafts.ts';
import { notes } from '../../live/notes.ts';
import { isWaiting, send } from '../../live/outbox.ts';
import { may, me } from '../../live/people.ts';
import { sayTyping, typing } from '../../live/typing.ts';
import { sayWriting } from '../../live/viewers.ts';
import { complain } from '../../live/toasts.ts';
import { sendFiles } from '../../live/uploads.ts';
import { quoted, quoting, wordsOf } from '../../live/quotes.ts';
import { rowOf } from '../../live/row.ts';
import { useCommands } from '../../commands.ts';
import { useKeys } from '../../keys.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { later } from '../../parts/later.tsx';
import { chosenList, go } from '../../place.ts';
import { t } from '../../texts.ts';
import { type Asked, askedFor } from './asked.ts';
import { closingRoom } from './closing.ts';
import { changeOf, editing } from './editing.ts';
import { cannedCommands } from './found.ts';
import { Waited } from './ListRow.tsx';
import { Collision, Editing, Guard, Quoting } from './Notices.tsx';
import { SendButton } from './SendButton.tsx';

interface Props {
  readonly room: Room;
  readonly messages: readonly Message[];
  /** Where one may not reply, one writes for colleagues; this ends it. */
  readonly endNote?: () => void;
}

const Emoji = later(async () => (await import('../../parts/Emoji.tsx')).Emoji);
/** What is offered while one writes. */
const Offers = later(async () => (await import('./Offers.tsx')).Offers);

const isColleagues = (message: Message): boolean =>
  message.t === undefined && message.token === undefined && message.u._id !== me.value?._id;

/** To the list; where it is not on the screen, to its page. */
function toList(): void {
  const row = document.querySelector<HTMLElement>('a.row.is-selected, a.row[tabindex="0"]');
  if (row === null) {
    go(chosenList.peek());
  } else {
    row.focus();
  }
}

export function Composer({ room, messages, endNote }: Props) {
  const rid = room._id;
  const field = useRef<HTMLTextAreaElement>(null);
  const mayReply = endNote === undefined;
  const mode = useSignal<Mode>(mayReply ? modeOf(rid) : 'note');
  /** Of this mode only: what was begun for colleagues never becomes a reply. */
  const text = useSignal(draftOf(rid, mode.peek()));
  /** The last that was there when the reply was begun, by the clock of the server: what colleagues have said since the
   * writer may not have read. */
  const newest = messages.at(-1);
  const latest = millis(newest === undefined ? room.lm : newest.ts);
  const begun = useSignal(draftOf(rid, 'reply') === '' ? undefined : readUntilOf(rid));
  const isAsking = useSignal(false);
  /** What comes after the words were sent. */
  const then = useSignal<'nothing' | 'close' | 'hold'>('nothing');
  const isAdding = useSignal(false);
  const hasEmoji = useSignal(false);
  const isOver = useSignal(false);
  const picker = useRef<HTMLInputElement>(null);
  const asked = useSignal<Asked | undefined>(undefined);
  const active = useSignal<string | undefined>(undefined);
  /** Where the word stands that was to be left as it is. */
  const declined = useRef<number | undefined>(undefined);
  const keys = useRef<((event: KeyboardEvent) => boolean) | undefined>(undefined);
  /** Where the caret belongs once words that were put in are there. */
  const caretAt = useRef<number | undefined>(undefined);
  const mayCan = mayReply && may('view-canned-responses');
  const hasFine = matchMedia('(pointer: fine)').matches;
  useEffect(() => {
    Emoji.prepare();
    Offers.prepare();
    if (mayCan && canned.peek() === undefined) {
      void readCanned();
    }
    if (hasFine) {
      field.current?.focus();
    }
    return () => sayTyping(rid, false);
  }, [rid]);
  useEffect(() => {
    if (newest !== undefined) {
      begun.value ??= latest;
    }
  }, [newest === undefined]);
  useKeys({
    ...(mayReply ? { r: () => turnTo('reply') } : {}),
    ...(mayCan ? { '/': () => askForCanned() } : {}),
    n: () => turnTo('note'),
  });

  const changed = editing.value;
  const isEditing = changed !== undefined && changed.rid === rid && (mayReply || changed.is === 'note');
  const isNote = (isEditing ? changed.is : mode.value) === 'note';
  // Before anybody can type into the field, whose words it would take.
  useLayoutEffect(() => {
    if (changed !== undefined && isEditing) {
      text.value = changed.text;
      field.current?.focus();
    }
  }, [changed]);
  /** The draft of before is there again. */
  const leaveEditing = (): void => {
    editing.value = undefined;
    text.value = draftOf(rid, mode.peek());
  };
  const turnTo = (next: Mode): void => {
    if (isEditing) {
      editing.value = undefined;
    }
    isAsking.value = false;
    then.value = 'nothing';
    mode.value = next;
    keepMode(rid, next);
    text.value = draftOf(rid, next);
    sayTyping(rid, false);
    field.current?.focus();
  };
  const saveEdit = async (): Promise<void> => {
    const next = text.peek().trim();
    if (changed === undefined) {
      return;
    }
    const save = changed.is === 'note' ? editNote : edit;
    if (next === changed.text || (await save(rid, changed.id, `${changed.quotes ?? ''}${next}`))) {
      leaveEditing();
    }
  };

  const putCaret = (): void => {
    if (caretAt.current !== undefined) {
      field.current?.setSelectionRange(caretAt.current, caretAt.current);
      caretAt.current = undefined;
    }
  };
  // With the words, and not in the next frame: who types quickly has gone on by then.
  useLayoutEffect(putCaret);

  const haveRead = (): void => {
    begun.value = latest;
    keepReadUntil(rid, latest);
  };
  const write = (next: string): void => {
    if (isEditing) {
      text.value = next;
      return;
    }
    const begins = text.peek() === '' && next !== '' && mode.peek() === 'reply';
    text.value = next;
    keepDraft(rid, mode.peek(), next);
    if (begins) {
      haveRead();
      isAsking.value = false;
    }
    sayWriting(next.trim() !== '');
    sayTyping(rid, mode.peek() === 'reply' && next.trim() !== '');
  };
  const replace = (from: number, until: number, words: string): void => {
    const now = text.peek();
    caretAt.current = from + words.length;
    write(`${now.slice(0, from)}${words}${now.slice(until)}`);
    field.current?.focus();
    if (text.peek() === now) {
      putCaret();
    }
  };
  /** Where the caret is. */
  const insert = (words: string): void => {
    const area = field.current;
    if (area !== null) {
      replace(area.selectionStart, area.selectionEnd, words);
    }
  };
  /** Canned responses are said to visitors, and colleagues are told of notes. */
  const sign = isNote ? '@' : mayCan && !isEditing ? '/' : undefined;
  const look = (words: string, caret: number): void => {
    const found = sign === undefined ? undefined : askedFor(sign, words, caret);
    asked.value = found?.from === declined.current ? undefined : found;
    declined.current = found?.from === declined.current ? declined.current : undefined;
  };
  const offered =
    asked.value !== undefined && text.value.startsWith(`${sign ?? ''}${asked.value.wanted}`, asked.value.from) ? asked.value : undefined;
  const offers = {
    keys,
    active,
    put: (words: string): void => {
      const now = asked.peek();
      if (now !== undefined) {
        asked.value = undefined;
        replace(now.from, now.until, words);
      }
    },
    close: (): void => {
      declined.current = asked.peek()?.from;
      asked.value = undefined;
    },
  };
  const askForCanned = (): void => {
    if (isNote || isEditing) {
      turnTo('reply');
    }
    const before = text.peek().slice(0, field.current?.selectionStart);
    const opener = /(^|\s)$/.test(before) ? '/' : ' /';
    declined.current = undefined;
    replace(before.length, before.length, opener);
    asked.value = askedFor('/', text.peek(), before.length + opener.length);
  };
  // A key is nothing to them, and there may be hundreds.
  const commands = useMemo(
    () =>
      mayCan
        ? cannedCommands(rid, (words) => {
            if (isNote || isEditing) {
              turnTo('reply');
            }
            insert(words);
          })
        : [],
    [mayCan, rid, canned.value, isNote, isEditing, latest],
  );
  useCommands(commands);
  const quicker = messages.findLast((message) => isColleagues(message) && millis(message.ts) > (begun.value ?? latest));
  const asks = isAsking.value && quicker !== undefined;
  const quote = !isNote && quoting.value?.rid === rid ? quoting.value : undefined;
  useEffect(() => {
    if (quote !== undefined) {
      field.current?.focus();
    }
  }, [quote]);
  const sendNow = async (): Promise<void> => {
    const words = text.peek().trim();
    const sent = send(rid, quote === undefined ? words : quoted(quote, words), latest);
    const next = then.peek();
    write('');
    isAsking.value = false;
    quoting.value = undefined;
    then.value = 'nothing';
    field.current?.focus();
    await sent;
    if (isWaiting(rid)) {
      // It has not gone out, so nothing comes after it yet.
      return;
    }
    if (next === 'close') {
      closingRoom.value = rid;
    } else if (next === 'hold') {
      await hold(room);
    }
  };
  /** The text stays until the server has it. */
  const addIt = async (): Promise<void> => {
    const words = text.peek().trim();
    isAdding.value = true;
    const isAdded = await addNote(rid, words);
    isAdding.value = false;
    if (isAdded && draftOf(rid, 'note').trim() === words) {
      keepDraft(rid, 'note', '');
      sayWriting(false);
      if (mode.peek() === 'note' && editing.peek() === undefined) {
        text.value = '';
      }
    }
  };
  /** With `isMeant` also over what a colleague has answered meanwhile. */
  const trySend = (isMeant = false): void => {
    if (text.peek().trim() === '') {
      return;
    }
    if (isEditing) {
      void saveEdit();
      return;
    }
    if (isNote) {
      if (!isAdding.peek()) {
        void addIt();
      }
      return;
    }
    if (quicker === undefined || isMeant) {
      void sendNow();
    } else {
      isAsking.value = true;
      field.current?.focus();
    }
  };
  const trySendAnd = (next: 'close' | 'hold'): void => {
    if (text.peek().trim() !== '' && !isEditing && !isNote) {
      then.value = next;
      trySend();
    }
  };
  const readFirst = (): void => {
    then.value = 'nothing';
    isAsking.value = false;
    haveRead();
    field.current?.focus();
  };
  /** Files are for visitors, so that none goes out while one writes for colleagues. */
  const attach = (files: Iterable<File>): void => {
    if (isNote) {
      complain(t('noFilesInNotes'));
    } else {
      sendFiles(rid, [...files]);
    }
  };
  const editLast = (): boolean => {
    const own = me.peek()?._id;
    if (isNote) {
      const last = notes.peek().findLast(({ author }) => author.id === own);
      editing.value = last && { is: 'note', rid, id: last.id, text: last.text };
    } else {
      const last = messages.findLast(({ t: kind, u, msg }) => kind === undefined && u._id === own && wordsOf(msg) !== '');
      editing.value = last && changeOf(last);
    }
    return editing.peek() !== undefined;
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.isComposing) {
      return;
    }
    const isMod = event.metaKey || event.ctrlKey;
    if (asked.peek() !== undefined && keys.current?.(event) === true) {
      event.preventDefault();
    } else if (event.key === 'Enter' && !event.altKey && (!event.shiftKey || isMod)) {
      event.preventDefault();
      // A key that is held down means what it meant at first.
      if (event.repeat) {
        return;
      }
      if (event.shiftKey) {
        trySendAnd('close');
      } else {
        trySend(asks && isMod);
      }
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (isEditing) {
        leaveEditing();
      } else if (asks) {
        readFirst();
      } else if (quote !== undefined) {
        quoting.value = undefined;
      } else if (endNote !== undefined) {
        endNote();
      } else {
        toList();
      }
    } else if (event.key === 'ArrowUp' && text.peek() === '') {
      if (editLast()) {
        event.preventDefault();
      }
    }
  };
  const colleague = isNote ? undefined : typing.value.get(rid)?.find((name) => name !== room.v?.username);
  const name = room.fname ?? '';
  const act = t(isEditing ? 'save' : isNote ? 'addNote' : 'send');
  return (
    <>
      {offered === undefined ? null : <Offers.Part room={room} asked={offered} field={offers} />}
      <div
        class={`composer${isNote ? ' is-note' : ''}${isOver.value ? ' is-over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          isOver.value = true;
        }}
        onDragLeave={() => {
          isOver.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          isOver.value = false;
          attach(event.dataTransfer?.files ?? []);
        }}
      >
        {asks ? <Guard quicker={quicker} readFirst={readFirst} sendAnyway={() => trySend(true)} /> : null}
        {quote !== undefined && !isEditing ? <Quoting quote={quote} /> : null}
        {isEditing ? <Editing isNote={isNote} leave={leaveEditing} /> : null}
        {colleague !== undefined && !asks ? <Collision username={colleague} /> : null}
        <div class="modes" role="tablist" aria-label={t('whatYouWrite')}>
          {mayReply ? (
            <button type="button" role="tab" aria-selected={!isNote} onClick={() => turnTo('reply')}>
              {t('reply')}
              <Key keys="R" />
            </button>
          ) : null}
          <button type="button" role="tab" aria-selected={isNote} onClick={() => turnTo('note')}>
            <Icon name="lock" size={14} />
            {t('note')}
            <Key keys="N" />
          </button>
          <span class="push" />
          {mayReply && room.waitingResponse === true ? <Waited row={rowOf(room, '')} /> : null}
        </div>
        <textarea
          ref={field}
          class="text"
          rows={2}
          dir={text.value === '' ? undefined : 'auto'}
          aria-label={isNote ? t('noteAbout', { name }) : t('replyTo', { name })}
          placeholder={isNote ? t('onlyColleagues') : t('writeTo', { name })}
          value={text.value}
          aria-autocomplete={sign === undefined ? undefined : 'list'}
          aria-controls={active.value === undefined ? undefined : 'offers'}
          aria-activedescendant={active.value}
          onInput={({ currentTarget: { value, selectionStart } }) => {
            write(value);
            look(value, selectionStart);
          }}
          onKeyDown={pressed}
          onPaste={(event) => {
            const files = event.clipboardData?.files;
            if (files !== undefined && files.length > 0) {
              event.preventDefault();
              attach(files);
            }
          }}
        />
        <div class="tools">
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              attach(event.currentTarget.files ?? []);
              event.currentTarget.value = '';
            }}
          />
          {isNote ? null : (
            <button
              type="button"
              class="icon-button"
              aria-label={t('attach')}
              title={t('attach')}
              onClick={() => picker.current?.click()}
            >
              <Icon name="clip" />
            </button>
          )}
          <button
            type="button"
            class={hasEmoji.value ? 'icon-button is-open' : 'icon-button'}
            aria-label={t('emoji')}
            title={t('emoji')}
            aria-expanded={hasEmoji.value}
            onClick={() => {
              hasEmoji.value = !hasEmoji.value;
            }}
          >
            <Icon name="smile" />
          </button>
          {mayCan && !isNote && !isEditing ? (
            <button
              type="button"
              class={offered === undefined ? 'icon-button' : 'icon-button is-open'}
              aria-label={t('canned')}
              title={`${t('canned')}  /`}
              aria-expanded={offered !== undefined}
              onClick={() => (offered === undefined ? askForCanned() : offers.close())}
            >
              <Icon name="slash" />
            </button>
          ) : null}
          {hasEmoji.value ? (
            <Emoji.Part
              pick={(emoji) => {
                hasEmoji.value = false;
                insert(emoji);
              }}
              close={() => {
                hasEmoji.value = false;
              }}
            />
          ) : null}
          <span class="push" />
          <span class="meta new-line" aria-hidden="true">
            <Key keys="shift" /> <Key keys="enter" /> {t('newLine')}
          </span>
          <SendButton word={act} isIdle={text.value.trim() === '' || isAdding.value || asks} send={() => trySend()} {...(isEditing || isNote ? {} : { sendAnd: trySendAnd })} />
        </div>
      </div>
    </>
  );
}
