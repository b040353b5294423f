import type { Appearance } from '../../live/appearance.ts';
import type { Values } from '../../live/settings.ts';
import { TextField } from '../../parts/Field.tsx';
import type { Form } from '../../parts/form.ts';
import { Locked } from '../../parts/Locked.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { t } from '../../texts.ts';

export interface Bound {
  readonly form: Form<Values>;
  readonly fixed: Appearance['fixed'];
}

interface Props extends Bound {
  readonly id: string;
  readonly label: string;
}

const Fixed = ({ label, value }: { readonly label: string; readonly value: string }) => (
  <div class="field">
    <span class="wg-label">{label}</span>
    <Locked>
      <bdi class="cut-text">{value}</bdi>
    </Locked>
    <p class="help">{t('fixedByOperator')}</p>
  </div>
);

interface WordsProps extends Props {
  readonly help?: string;
  readonly rows?: number;
  readonly placeholder?: string;
}

/** A text of the widget. */
export function Words({ form, fixed, id, label, help, rows, placeholder }: WordsProps) {
  const value = String(form.value[id] ?? '');
  return fixed.has(id) ? (
    <Fixed label={label} value={value} />
  ) : (
    <TextField
      label={label}
      value={value}
      {...form.of(id)}
      change={(text) => form.change({ [id]: text })}
      {...(help === undefined ? {} : { help })}
      {...(rows === undefined ? {} : { rows })}
      {...(placeholder === undefined ? {} : { placeholder })}
    />
  );
}

/** Something that the widget does or does not. */
export function OnOff({ form, fixed, id, label }: Props) {
  const on = form.value[id] === true;
  return fixed.has(id) ? <Fixed label={label} value={t(on ? 'partIsOn' : 'partIsOff')} /> : <Switch label={label} on={on} change={(now) => form.change({ [id]: now })} />;
}
