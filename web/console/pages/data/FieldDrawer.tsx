import './data.css';

import { choicesOf, type Field, type FieldDraft, readField, removeField, saveField } from '../../live/fields.ts';
import { ChipsField } from '../../parts/ChipsField.tsx';
import { Drawer } from '../../parts/Drawer.tsx';
import { ChoiceField, TextField } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import type { Ways } from '../../parts/ListPage.tsx';
import { named } from '../../parts/named.ts';
import { plain } from '../../parts/plain.ts';
import type { Reading } from '../../parts/reading.ts';
import { Removal } from '../../parts/Removal.tsx';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { t } from '../../texts.ts';
import { PatternTrial } from './PatternTrial.tsx';

interface Props {
  /** Nothing for one that is made. */
  readonly field: Field | undefined;
  readonly list: Reading<readonly Field[]>;
  readonly ways: Ways;
}

const EMPTY: FieldDraft = {
  field: '',
  label: '',
  scope: 'visitor',
  visible: true,
  type: 'input',
  options: [],
  regexp: '',
  defaultValue: '',
  required: false,
  public: false,
  searchable: false,
};

const draftOf = (field: Field): FieldDraft => ({
  field: field._id,
  label: field.label,
  scope: field.scope,
  visible: field.visibility !== 'hidden',
  type: field.type,
  options: choicesOf(field.options),
  regexp: field.regexp ?? '',
  defaultValue: field.defaultValue ?? '',
  required: field.required,
  public: field.public,
  searchable: field.searchable,
});

/** An id that a label suggests, with what an id may have in it. */
const idLike = (label: string): string =>
  plain(label).replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '').slice(0, 100);

export function FieldDrawer({ field, list, ways }: Props) {
  const form = useForm<FieldDraft>({
    id: field?._id,
    value: field === undefined ? EMPTY : draftOf(field),
    read: async () => (field === undefined ? EMPTY : draftOf(await readField(field._id))),
    write: async (all) => {
      await saveField(field?._id, all);
      await list.again();
    },
    wishes: ({ type }) => ({ label: 'needed', field: 'needed', ...(type === 'select' ? { options: 'needed' } : {}) }),
    ...(field === undefined ? { whenSaved: ways.close } : {}),
  });
  const { value, change, of } = form;
  const names: Readonly<Record<keyof FieldDraft, string>> = {
    field: t('fieldId'),
    label: t('fieldLabel'),
    scope: t('fieldOf'),
    visible: t('visibleToAgents'),
    type: t('fieldKind'),
    options: t('choices'),
    regexp: t('pattern'),
    defaultValue: t('defaultValue'),
    required: t('required'),
    public: t('inForm'),
    searchable: t('searchableField'),
  };
  const scopes = [
    ['visitor', t('fieldOfVisitors')],
    ['room', t('fieldOfChats')],
  ] as const;
  const types = [
    ['input', t('freeText')],
    ['select', t('aChoice')],
  ] as const;
  const label = (next: string): void => change({ label: next, ...(field === undefined && value.field === idLike(value.label) ? { field: idLike(next) } : {}) });
  const remove = async (id: string): Promise<void> => {
    await removeField(id);
    form.discard();
    ways.close();
    await list.again();
  };
  return (
    <Drawer
      title={field?.label ?? t('newField')}
      close={ways.close}
      {...(field === undefined ? {} : { step: ways.step })}
      acts={field === undefined ? null : <Removal id={field._id} name={field.label} more={t('removeFieldMore')} remove={async () => await remove(field._id)} />}
      foot={<SaveBar form={form} names={names} shows={{ scope: named(scopes), type: named(types) }} />}
    >
      <TextField label={names.label} value={value.label} change={label} {...of('label')} />
      {field === undefined ? (
        <TextField label={names.field} help={t('fieldIdHelp')} value={value.field} change={(next) => change({ field: next })} {...of('field')} />
      ) : (
        <p class="meta quiet">
          {names.field}: <span class="mono">{field._id}</span>
        </p>
      )}
      <div class="row2">
        <ChoiceField
          label={names.scope}
          value={value.scope}
          change={(scope) => change({ scope: scope as Field['scope'] })}
          choices={scopes}
          {...of('scope')}
        />
        <ChoiceField
          label={names.type}
          value={value.type}
          change={(type) => change({ type: type as Field['type'] })}
          choices={types}
          {...of('type')}
        />
      </div>
      {value.type === 'select' ? (
        <ChipsField label={names.options} help={t('choicesHelp')} words={value.options} change={(options) => change({ options })} {...of('options')} />
      ) : (
        <>
          <TextField label={names.regexp} help={t('patternHelp')} isCode value={value.regexp} change={(regexp) => change({ regexp })} {...of('regexp')} />
          {value.regexp === '' ? null : <PatternTrial pattern={value.regexp} />}
        </>
      )}
      <TextField label={names.defaultValue} value={value.defaultValue} change={(defaultValue) => change({ defaultValue })} {...of('defaultValue')} />
      <div>
        <Switch label={t('visibleToAgents')} on={value.visible} change={(visible) => change({ visible })} />
        <Switch label={t('inFormLong')} on={value.public} change={(shown) => change({ public: shown })} />
        <Switch label={t('requiredLong')} on={value.required} change={(required) => change({ required })} />
        <Switch label={t('searchableField')} on={value.searchable} change={(searchable) => change({ searchable })} />
      </div>
    </Drawer>
  );
}
