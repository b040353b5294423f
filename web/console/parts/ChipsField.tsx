import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { Chip } from './Chip.tsx';
import { Field } from './Field.tsx';
import { useUnsaved } from './unsaved.ts';

interface Props {
  readonly label: string;
  readonly help?: string;
  readonly isChanged?: boolean;
  readonly words: readonly string[];
  readonly change: (words: readonly string[]) => void;
  /** What is offered while one types. */
  readonly offered?: readonly string[];
}

/** Several words, each of which can be taken away. */
export function ChipsField({ words, change, offered = [], ...field }: Props) {
  const text = useSignal('');
  const list = useId();
  const add = (): void => {
    const word = text.peek().trim();
    text.value = '';
    if (word !== '' && !words.includes(word)) {
      change([...words, word]);
    }
  };
  useUnsaved(() => text.peek().trim() !== '');
  return (
    <Field
      {...field}
      control={({ class: look, ...given }) => (
        <span class={`${look} chips-field`}>
          {words.map((word) => (
            <Chip key={word} word={word} remove={() => change(words.filter((other) => other !== word))} />
          ))}
          <input
            {...given}
            list={list}
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key === 'Enter' || event.key === ',') {
                event.preventDefault();
                add();
              } else if (event.key.toLowerCase() === 's' && (event.ctrlKey || event.metaKey)) {
                // What stands here belongs to what the form saves by these keys.
                add();
              } else if (event.key === 'Backspace' && text.peek() === '') {
                change(words.slice(0, -1));
              }
            }}
          />
          <datalist id={list}>
            {offered
              .filter((word) => !words.includes(word))
              .map((word) => (
                <option key={word} value={word} />
              ))}
          </datalist>
        </span>
      )}
    />
  );
}
