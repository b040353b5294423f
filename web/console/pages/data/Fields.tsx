import { choicesOf, type Field, readFields } from '../../live/fields.ts';
import { Mark } from '../../parts/Icon.tsx';
import { type Column, ListPage } from '../../parts/ListPage.tsx';
import { useReading } from '../../parts/reading.ts';
import { number, t } from '../../texts.ts';
import { FieldDrawer } from './FieldDrawer.tsx';

export const scopeName = (scope: Field['scope']): string => t(scope === 'visitor' ? 'fieldOfVisitors' : 'fieldOfChats');

const kindName = ({ type, options }: Field): string => (type === 'select' ? t('choiceOf', { count: number(choicesOf(options).length) }) : t('freeText'));

const yesNo = (is: boolean) => (is ? <Mark state="delivered" label={t('yes')} /> : <span class="quiet">{t('no')}</span>);

/** What is to be known of visitors and of chats. */
export function Fields() {
  const list = useReading(readFields);
  const columns: readonly [Column<Field>, ...Column<Field>[]] = [
    { key: 'label', name: t('fieldLabel'), of: ({ label }) => label },
    { key: 'scope', name: t('fieldOf'), of: ({ scope }) => scopeName(scope) },
    { key: 'kind', name: t('fieldKind'), of: kindName, isWide: true },
    { key: 'required', name: t('required'), of: ({ required }) => t(required ? 'yes' : 'no'), show: ({ required }) => yesNo(required) },
    { key: 'visible', name: t('visibleToAgents'), of: ({ visibility }) => t(visibility === 'hidden' ? 'no' : 'yes'), show: ({ visibility }) => yesNo(visibility !== 'hidden'), isWide: true },
    { key: 'public', name: t('inForm'), of: (field) => t(field.public ? 'yes' : 'no'), show: (field) => yesNo(field.public), isWide: true },
  ];
  return (
    <ListPage
      title={t('placeFields')}
      icon="list"
      path="/admin/fields"
      list={list}
      id={({ _id }) => _id}
      columns={columns}
      about={({ _id }) => _id}
      placeholder={t('findFields')}
      create={t('newField')}
      empty={[t('noFieldsYet'), t('noFieldsYetMore')]}
      drawer={(row, ways) => <FieldDrawer key={row?._id ?? ''} field={row} list={list} ways={ways} />}
    />
  );
}
