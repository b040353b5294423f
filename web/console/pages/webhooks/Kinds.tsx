import { useEffect, useRef } from 'preact/hooks';

import type { Counts } from '../../live/crm.ts';
import type { Kind } from '../../live/endpoints.ts';
import { t } from '../../texts.ts';
import { DayCount } from './DayCount.tsx';
import { familyOf, isWanted, withFamily, withKind } from './wanted.ts';

interface Props {
  readonly kinds: readonly Kind[];
  readonly wanted: readonly string[];
  readonly counts: Counts | undefined;
  /** The kind of which the body is shown. */
  readonly shown: string;
  readonly show: (kind: string) => void;
  /** Nothing where they are changed elsewhere. */
  readonly change?: (wanted: readonly string[]) => void;
}

/** The kinds of events by their families, with how many there were in a day. */
export function Kinds({ kinds, wanted, counts, shown, show, change }: Props) {
  const names = kinds.map(({ name }) => name);
  const families = [...new Set(names.map(familyOf))];
  return (
    <div class="kinds-of">
      {families.map((family) => {
        const own = names.filter((name) => familyOf(name) === family);
        const many = own.filter((name) => isWanted(wanted, name)).length;
        return (
          <fieldset key={family}>
            <legend>
              <label class="check">
                <Box
                  is={many === own.length}
                  isPartly={many > 0 && many < own.length}
                  isFixed={change === undefined}
                  change={() => change?.(withFamily(wanted, family, names))}
                />
                <span class="mono">{family}.*</span>
                <span class="push meta">{t('someOf', { some: String(many), all: String(own.length) })}</span>
              </label>
            </legend>
            {own.map((name) => (
              <div key={name} class={name === shown ? 'line is-shown' : 'line'}>
                <label class="check">
                  <Box
                    is={isWanted(wanted, name)}
                    isPartly={false}
                    isFixed={change === undefined}
                    change={() => change?.(withKind(wanted, name, names))}
                  />
                  <span class="mono">{name}</span>
                </label>
                <button
                  type="button"
                  class="link-button push"
                  aria-pressed={name === shown}
                  onClick={() => show(name)}
                >
                  <span class="unseen">{t('showBodyOf', { kind: name })} </span>
                  <DayCount of={counts} kind={name} />
                </button>
              </div>
            ))}
          </fieldset>
        );
      })}
    </div>
  );
}

interface BoxProps {
  readonly is: boolean;
  readonly isPartly: boolean;
  readonly isFixed: boolean;
  readonly change: () => void;
}

function Box({ is, isPartly, isFixed, change }: BoxProps) {
  const element = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (element.current !== null) {
      element.current.indeterminate = isPartly;
    }
  }, [isPartly]);
  return <input ref={element} type="checkbox" checked={is} disabled={isFixed} onChange={change} />;
}
