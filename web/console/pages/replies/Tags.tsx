import { departmentName, departments } from '../../live/people.ts';
import { readAllTags, readTag, removeTag, saveTag, type Tag, type TagDraft } from '../../live/replies.ts';
import { Checks } from '../../parts/Checks.tsx';
import { Drawer } from '../../parts/Drawer.tsx';
import { TextField } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import { type Column, ListPage, type Ways } from '../../parts/ListPage.tsx';
import { named } from '../../parts/named.ts';
import { type Reading, useReading } from '../../parts/reading.ts';
import { Removal } from '../../parts/Removal.tsx';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { t } from '../../texts.ts';
import { Chips } from './Chips.tsx';

/** A department that is gone keeps its place: what was for its agents alone is not for everybody now. */
const namesOf = (tag: Tag): readonly string[] => tag.departments.map((id) => departmentName(id) ?? t('departmentGone'));

/** The tags that agents are offered for chats. */
export function Tags() {
  const list = useReading(readAllTags);
  const columns: readonly [Column<Tag>, ...Column<Tag>[]] = [
    { key: 'name', name: t('name'), of: ({ name }) => name },
    { key: 'description', name: t('description'), of: ({ description }) => description, isWide: true },
    {
      key: 'departments',
      name: t('offeredIn'),
      of: (tag) => (tag.departments.length === 0 ? t('tagEverywhere') : namesOf(tag).join(', ')),
      show: (tag) => (tag.departments.length === 0 ? t('tagEverywhere') : <Chips words={namesOf(tag)} />),
    },
  ];
  return (
    <ListPage
      title={t('placeTags')}
      icon="tag"
      path="/admin/tags"
      list={list}
      id={({ _id }) => _id}
      columns={columns}
      placeholder={t('findTags')}
      create={t('newTag')}
      empty={[t('noTagsYet'), t('noTagsYetMore')]}
      drawer={(row, ways) => <TagDrawer key={row?._id ?? ''} tag={row} list={list} ways={ways} />}
    />
  );
}

interface Props {
  /** Nothing for one that is made. */
  readonly tag: Tag | undefined;
  readonly list: Reading<readonly Tag[]>;
  readonly ways: Ways;
}

const draftOf = ({ name, description, departments: of }: TagDraft): TagDraft => ({ name, description, departments: of });
const EMPTY: TagDraft = { name: '', description: '', departments: [] };

function TagDrawer({ tag, list, ways }: Props) {
  const form = useForm<TagDraft>({
    id: tag?._id,
    value: tag === undefined ? EMPTY : draftOf(tag),
    read: async () => (tag === undefined ? EMPTY : draftOf(await readTag(tag._id))),
    write: async (all) => {
      await saveTag(tag?._id, all);
      await list.again();
    },
    wishes: () => ({ name: 'needed' }),
    ...(tag === undefined ? { whenSaved: ways.close } : {}),
  });
  const { value, change, of } = form;
  const names = { name: t('name'), description: t('description'), departments: t('offeredIn') };
  const choices = departments.value.map(({ _id, name }) => [_id, name] as const);
  const remove = async (id: string): Promise<void> => {
    await removeTag(id);
    form.discard();
    ways.close();
    await list.again();
  };
  return (
    <Drawer
      title={tag?.name ?? t('newTag')}
      close={ways.close}
      {...(tag === undefined ? {} : { step: ways.step })}
      acts={tag === undefined ? null : <Removal id={tag._id} name={tag.name} more={t('removeTagMore')} remove={async () => await remove(tag._id)} />}
      foot={<SaveBar form={form} names={names} shows={{ departments: named(choices) }} />}
    >
      <TextField label={names.name} value={value.name} change={(name) => change({ name })} {...of('name')} />
      <TextField
        label={names.description}
        value={value.description}
        change={(description) => change({ description })}
        {...of('description')}
      />
      <Checks
        label={names.departments}
        help={t('offeredInHelp')}
        choices={choices}
        chosen={value.departments}
        choose={(next) => change({ departments: next })}
      />
    </Drawer>
  );
}
