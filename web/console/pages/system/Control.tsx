import { inWords, type Setting, type Value, type Values } from '../../live/settings.ts';
import type { Shows } from '../../parts/Compare.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Locked } from '../../parts/Locked.tsx';
import { Segments } from '../../parts/Segments.tsx';
import { Toggle } from '../../parts/Switch.tsx';
import { Wrong } from '../../parts/Wrong.tsx';
import { t } from '../../texts.ts';
import { typed } from './finding.ts';

interface Props {
  readonly setting: Setting;
  readonly value: Value;
  readonly isChanged: boolean;
  readonly isWrong: boolean;
  /** By what it is described. */
  readonly about: string;
  /** Nothing for those who may only look. */
  readonly change: ((value: Value) => void) | undefined;
}

/** As many choices as stand beside each other, and as long as they may be together. */
const BESIDE = 4;
const LETTERS = 30;
/** Those that people write in several lines. */
const LINES = /message|text|starts|comment|greeting|background|scripts|classes|list/i;
const NOTHING = '';

export const shown = (value: Value): string => {
  if (typeof value === 'boolean') {
    return t(value ? 'settingOn' : 'settingOff');
  }
  const words = inWords(value);
  return words === NOTHING ? t('settingEmpty') : words;
};

/** As they are compared: secrets are not shown. */
export const showsOf = (all: readonly Setting[]): Shows<Values> => Object.fromEntries(all.map(({ id, secret }) => [id, secret ? () => '••••' : shown]));

const wrongOf = (about: string): string => `${about}-wrong`;

/** What a setting may be, which the server says in English, below one that is not that. */
export function WrongValue({ words, about }: { readonly words: string; readonly about: string }) {
  return words === '' ? null : <Wrong id={wrongOf(about)} words={<span lang="en">{words}</span>} />;
}

/** By which one changes a setting. */
export function Control({ setting, value, isChanged, isWrong, about, change }: Props) {
  const { id, name, kind, choices, fixedBy } = setting;
  if (fixedBy !== null) {
    return (
      <Locked id={about}>
        <span class="cut-text">
          {t('fixedBy', { value: setting.secret ? '••••' : shown(value) })} <span class="mono">{fixedBy}</span>
        </span>
      </Locked>
    );
  }
  const given = {
    id: `st-${id}`,
    class: `input${isWrong ? ' is-invalid' : isChanged ? ' is-changed' : ''}`,
    'aria-label': name,
    'aria-describedby': isWrong ? `${wrongOf(about)} ${about}` : about,
    disabled: change === undefined,
    ...(isWrong ? { 'aria-invalid': true as const } : {}),
  };
  const heard = (event: { readonly currentTarget: { readonly value: string } }): void => change?.(typed(setting, event.currentTarget.value));
  const text = value === null ? NOTHING : String(value);
  if (kind === 'boolean') {
    return <Toggle label={name} on={value === true} change={change} />;
  }
  if (kind === 'select' && choices !== null) {
    const isShort = choices.length <= BESIDE && choices.join('').length <= LETTERS;
    return isShort ? (
      <span role="group" aria-label={name}>
        <Segments choices={choices.map((one) => [one, shown(one)])} chosen={text} {...(change === undefined ? {} : { choose: change })} />
      </span>
    ) : (
      <select {...given} value={text} onChange={heard}>
        {choices.map((one) => (
          <option key={one} value={one}>
            {shown(one)}
          </option>
        ))}
      </select>
    );
  }
  if (kind === 'multiSelect' && choices !== null) {
    return <Several name={name} choices={choices} chosen={value as readonly string[]} change={change} />;
  }
  if (kind === 'color') {
    return (
      <span class={given.class}>
        <span class="st-swatch" style={{ background: text }} />
        <input {...given} class="mono" spellcheck={false} value={text} onInput={heard} />
      </span>
    );
  }
  if (kind === 'password' || setting.secret) {
    return <input {...given} type="password" autocomplete="new-password" value={text} onInput={heard} />;
  }
  if (kind === 'code' || LINES.test(id)) {
    return <textarea {...given} rows={2} dir="auto" value={text} onInput={heard} />;
  }
  return kind === 'int' ? (
    <input {...given} class={`${given.class} st-number`} inputmode="numeric" value={text} onInput={heard} />
  ) : (
    <input {...given} dir="auto" spellcheck={false} value={text} onInput={heard} />
  );
}

interface SeveralProps {
  readonly name: string;
  readonly choices: readonly string[];
  readonly chosen: readonly string[];
  readonly change: ((value: Value) => void) | undefined;
}

function Several({ name, choices, chosen, change }: SeveralProps) {
  // Those of a later version are kept.
  const all = [...new Set([...choices, ...chosen])];
  return (
    <details class="st-several">
      <summary class="input">
        <span class="cut-text">{shown(chosen)}</span>
        <Icon name="down" size={14} />
      </summary>
      <ul aria-label={name}>
        {all.map((one) => (
          <li key={one}>
            <label>
              <input
                type="checkbox"
                checked={chosen.includes(one)}
                disabled={change === undefined}
                onChange={(event) => change?.(event.currentTarget.checked ? all.filter((other) => other === one || chosen.includes(other)) : chosen.filter((other) => other !== one))}
              />
              <span class="mono">{one}</span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
