import { choicesOf, type Field } from '../../live/fields.ts';
import { ChoiceField, TextField } from '../../parts/Field.tsx';
import { t } from '../../texts.ts';

type Values = Readonly<Record<string, string>>;

interface Props {
  readonly fields: readonly Field[];
  readonly values: Values;
  readonly was: Values;
  readonly change: (values: Values) => void;
}

/** What the custom fields say of somebody. */
export function CustomValues({ fields, values, was, change }: Props) {
  return (
    <>
      {fields.map((field) => {
        const { _id: id, label, type, options, required } = field;
        const value = values[id] ?? '';
        const set = (next: string): void => change({ ...values, [id]: next });
        const isChanged = value !== (was[id] ?? '');
        return type === 'select' ? (
          <ChoiceField
            key={id}
            label={label}
            value={value}
            change={set}
            choices={[['', ''], ...choicesOf(options).map((one) => [one, one] as const)]}
            isChanged={isChanged}
          />
        ) : (
          <TextField key={id} label={label} {...(required ? { help: t('mustBeThere') } : {})} value={value} change={set} isChanged={isChanged} />
        );
      })}
    </>
  );
}
