import { useId } from 'preact/hooks';

import { Icon } from '../../parts/Icon.tsx';
import { number, t } from '../../texts.ts';
import { readable } from './readable.ts';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly isChanged: boolean;
  readonly isFixed: boolean;
  /** Of one that may be that of the field above: whether it is, and what makes it so. */
  readonly above?: { readonly is: boolean; readonly follow: () => void };
  readonly change: (value: string) => void;
}

const ratio = (of: number): string => t('ratio', { value: number(Math.floor(of * 10) / 10) });

/** A colour, how well it is read, and one that would be read better. */
export function ColourField({ label, value, isChanged, isFixed, above, change }: Props) {
  const id = useId();
  const about = `${id}-about`;
  const found = readable(value);
  const heard = (event: { readonly currentTarget: { readonly value: string } }): void => change(event.currentTarget.value);
  return (
    <div class="wg-colour">
      <div>
        <label for={id}>{label}</label>
        <p class="wg-ratio meta" id={about}>
          {above?.is === true ? (
            t('followsAbove')
          ) : found === undefined ? (
            <span class="fault">{t('noColour')}</span>
          ) : (
            <>
              <span class={found.isWhite ? 'good' : 'wait'}>
                <Icon name={found.isWhite ? 'check' : 'alert'} size={13} />
              </span>
              {t(found.isWhite ? 'whiteReads' : 'whiteWouldRead', { ratio: ratio(found.white) })}
            </>
          )}
        </p>
        {above === undefined || above.is || isFixed ? null : (
          <button type="button" class="link-button" onClick={above.follow}>
            {t('followAbove')}
          </button>
        )}
      </div>
      <span class={`input${found === undefined ? ' is-invalid' : isChanged ? ' is-changed' : ''}`}>
        <input type="color" class="wg-swatch" aria-label={t('pickColour', { what: label })} disabled={isFixed} value={found?.hex ?? '#000000'} onInput={heard} />
        <input id={id} class="mono" aria-describedby={about} spellcheck={false} disabled={isFixed} value={value} onInput={heard} />
      </span>
      {found === undefined || found.isWhite || above?.is === true ? null : (
        <div class="wg-warn" role="status">
          <Icon name="alert" />
          <div>
            {t('whiteCannotBeRead', { ratio: ratio(found.written) })}
            <br />
            <button type="button" class="button tiny" onClick={() => change(found.better)}>
              {t('useColour', { colour: found.better })}
            </button>
          </div>
        </div>
      )}
    </div>
  );
}
