// Where the visitor writes.
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { say } from '../chat/notices.ts';
import { write } from '../chat/outbox.ts';
import { config, screen } from '../chat/state.ts';
import { drafts, stops, writes } from '../chat/typing.ts';
import { sendFiles } from '../chat/uploads.ts';
import { draft, draftText } from '../memory.ts';
import { count, t } from '../texts.ts';
import { Icon } from './icons.tsx';
import { asking } from './later.ts';

/** At these shares of the limit it is said how much is left; from the first on it is shown. */
const SHORT = [0.2, 0.1, 0.02, 0];

/** So high is the field with one line in it. */
const ONE_LINE_PX = 50;

/** The code of keys that an input method has taken for itself. */
const CONFIRMS = 229;

export function Composer({ isWide }: { readonly isWide: boolean }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const [hasEmoji, setEmoji] = useState(false);
  const [isGrown, setGrown] = useState(false);
  const [Emoji, setEmojiPicker] = useState<ComponentType<{ pick: (emoji: string) => void }>>();
  const text = draft.value;
  const { limitTextLength = false, fileUpload: takesFiles = false } = config.value?.settings ?? {};
  const isAsked = screen.value === 'register';
  const fileUpload = takesFiles && !isAsked;
  const limit = limitTextLength === false ? 10_000 : limitTextLength;
  const left = limit - text.length;

  // As high as the text, until the style says that it is enough.
  useLayoutEffect(() => {
    const box = field.current;
    if (box === null) {
      return;
    }
    box.style.blockSize = 'auto';
    // Nothing in it is as high as it is drawn: looking would lay out the whole panel while it opens.
    if (text === '') {
      setGrown(false);
    } else {
      const { scrollHeight } = box;
      box.style.blockSize = `${scrollHeight}px`;
      // Back only when it is empty: on its full width the text may need one line again.
      setGrown((before) => before || scrollHeight > ONE_LINE_PX);
    }
  }, [text, isGrown, isWide]);

  // It is shown all the time, and said when little more is left.
  const isShort = SHORT.findLastIndex((share) => left <= limit * share);
  useEffect(() => {
    if (isShort >= 0) {
      say(count('charactersLeft', Math.max(0, left)));
    }
  }, [isShort]);

  const send = () => {
    const said = text.trim();
    if (said !== '' && left >= 0) {
      stops();
      write(said);
      drafts('');
      setEmoji(false);
      field.current?.focus();
    }
  };
  const toggleEmoji = async () => {
    if (hasEmoji) {
      setEmoji(false);
      return;
    }
    try {
      const { Emoji: picker } = await import('../pieces/emoji.tsx');
      setEmojiPicker(() => picker);
      setEmoji(true);
    } catch {
      // It stays shut, and says so.
    }
  };
  const insert = (emoji: string) => {
    const box = field.current;
    const start = box?.selectionStart ?? text.length;
    const end = box?.selectionEnd ?? text.length;
    draftText(`${text.slice(0, start)}${emoji}${text.slice(end)}`);
    requestAnimationFrame(() => {
      box?.focus();
      box?.setSelectionRange(start + emoji.length, start + emoji.length);
    });
  };

  return (
    <form
      class={isGrown || isWide ? 'composer grown' : 'composer'}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && hasEmoji) {
          event.stopPropagation();
          setEmoji(false);
          field.current?.focus();
        }
      }}
    >
      {hasEmoji && Emoji !== undefined ? <Emoji pick={insert} /> : null}
      <textarea
        ref={field}
        rows={1}
        value={text}
        dir="auto"
        aria-label={t('composer')}
        placeholder={t('composer')}
        enterkeyhint="send"
        maxLength={limit}
        onInput={(event) => {
          draftText(event.currentTarget.value);
          if (isAsked) {
            // It is there when it is asked for.
            asking.bring();
          }
          writes();
          drafts(event.currentTarget.value);
        }}
        onBlur={stops}
        onKeyDown={(event) => {
          // Safari has ended a composition before it tells of the key that confirms it.
          const isComposing = event.isComposing || event.keyCode === CONFIRMS;
          if (event.key === 'Enter' && !event.shiftKey && !isComposing) {
            event.preventDefault();
            if (isAsked && text === '') {
              // He would rather say first who he is.
              write('');
            } else {
              send();
            }
          }
        }}
        onPaste={(event) => {
          const pasted = [...(event.clipboardData?.files ?? [])];
          if (fileUpload && pasted.length > 0) {
            event.preventDefault();
            sendFiles(pasted);
          }
        }}
      />
      <div class="tools">
        {fileUpload ? (
          <>
            <input
              ref={files}
              type="file"
              multiple
              hidden
              onChange={(event) => {
                sendFiles(event.currentTarget.files ?? []);
                event.currentTarget.value = '';
              }}
            />
            <button
              class="plain"
              type="button"
              aria-label={t('attach')}
              onClick={() => files.current?.click()}
            >
              <Icon name="clip" />
            </button>
          </>
        ) : null}
        <button
          class="plain"
          type="button"
          aria-label={t('emoji')}
          aria-expanded={hasEmoji}
          onClick={() => void toggleEmoji()}
        >
          <Icon name="smile" />
        </button>
        {isShort >= 0 ? <p class="left">{count('charactersLeft', Math.max(0, left))}</p> : null}
        <button
          class="plain send"
          type="submit"
          aria-label={t('sendMessage')}
          aria-disabled={text.trim() === ''}
        >
          <span>
            <Icon name="send" />
          </span>
        </button>
      </div>
    </form>
  );
}
