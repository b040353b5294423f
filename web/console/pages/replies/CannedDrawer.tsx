import './replies.css';

import { useRef } from 'preact/hooks';

import type { CannedResponse } from '../../api/documents.ts';
import { departments } from '../../live/people.ts';
import { PLACES } from '../../live/placeholders.ts';
import { type CannedDraft, mayChange, readCannedResponse, removeCanned, saveCanned, type Scope, scopes } from '../../live/replies.ts';
import { ChipsField } from '../../parts/ChipsField.tsx';
import { useForm } from '../../parts/form.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { ChoiceField, Field, TextField } from '../../parts/Field.tsx';
import type { Ways } from '../../parts/ListPage.tsx';
import { named } from '../../parts/named.ts';
import type { Reading } from '../../parts/reading.ts';
import { Removal } from '../../parts/Removal.tsx';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { count, t } from '../../texts.ts';
import { Preview } from './Preview.tsx';
import { scopeName } from './scope.ts';

interface Props {
  /** Nothing for one that is made. */
  readonly response: CannedResponse | undefined;
  readonly list: Reading<readonly CannedResponse[]>;
  readonly ways: Ways;
}

const draftOf = ({ shortcut, text, scope, departmentId = '', tags }: CannedResponse): CannedDraft => ({ shortcut, text, scope, department: departmentId, tags });

const empty = (): CannedDraft => ({ shortcut: '', text: '', scope: scopes()[0] ?? 'user', department: '', tags: [] });

export function CannedDrawer(props: Props) {
  const { response } = props;
  return response === undefined || mayChange(response) ? <Editor {...props} /> : <Shown {...props} response={response} />;
}

function Editor({ response, list, ways }: Props) {
  const text = useRef<HTMLTextAreaElement>(null);
  const form = useForm<CannedDraft>({
    id: response?._id,
    value: response === undefined ? empty() : draftOf(response),
    read: async () => (response === undefined ? empty() : draftOf(await readCannedResponse(response._id))),
    write: async (all) => {
      await saveCanned(response?._id, all);
      await list.again();
    },
    wishes: ({ scope }) => ({ shortcut: 'needed', text: 'needed', ...(scope === 'department' ? { department: 'needed' } : {}) }),
    ...(response === undefined ? { whenSaved: ways.close } : {}),
  });
  const { value, change, of } = form;
  const names = { shortcut: t('shortcut'), text: t('answerText'), scope: t('forWhom'), department: t('department'), tags: t('tags') };
  const places = departments.value.map(({ _id, name }) => [_id, name] as const);
  const mayBe = scopes();
  /** Where the cursor is, else at the end. */
  const insert = (name: string): void => {
    const field = text.current;
    const at = field?.selectionStart ?? value.text.length;
    const place = `{{${name}}}`;
    change({ text: `${value.text.slice(0, at)}${place}${value.text.slice(field?.selectionEnd ?? at)}` });
    requestAnimationFrame(() => {
      field?.focus();
      field?.setSelectionRange(at + place.length, at + place.length);
    });
  };
  const remove = async (id: string): Promise<void> => {
    await removeCanned(id);
    form.discard();
    ways.close();
    await list.again();
  };
  return (
    <Drawer
      title={response === undefined ? t('newCanned') : `/${response.shortcut}`}
      close={ways.close}
      {...(response === undefined ? {} : { step: ways.step })}
      acts={
        response === undefined ? null : (
          <Removal id={response._id} name={`/${response.shortcut}`} more={t('removeCannedMore')} remove={async () => await remove(response._id)} />
        )
      }
      foot={<SaveBar form={form} names={names} shows={{ scope: scopeName, department: named(places) }} />}
    >
      <TextField
        label={names.shortcut}
        help={t('shortcutHelp')}
        value={value.shortcut}
        change={(shortcut) => change({ shortcut: shortcut.replace(/^\/+/, '') })}
        {...of('shortcut')}
      />
      <div>
        <Field
          label={names.text}
          {...of('text')}
          control={(given) => (
            <textarea {...given} ref={text} rows={6} dir="auto" value={value.text} onInput={(event) => change({ text: event.currentTarget.value })} />
          )}
        />
        <p class="replies-chips replies-places meta" role="group" aria-label={t('placesInText')}>
          {PLACES.map((name) => (
            <button key={name} type="button" class="chip mono" onClick={() => insert(name)}>
              {`{{${name}}}`}
            </button>
          ))}
        </p>
      </div>
      <Preview text={value.text} />
      <ChoiceField
        label={names.scope}
        value={value.scope}
        change={(scope) => change({ scope: scope as Scope })}
        choices={mayBe.map((scope) => [scope, scopeName(scope)])}
        {...of('scope')}
      />
      {value.scope === 'department' ? (
        <ChoiceField
          label={names.department}
          value={value.department}
          change={(department) => change({ department })}
          choices={[['', t('cannedDepartment')], ...places]}
          {...of('department')}
        />
      ) : null}
      <ChipsField
        label={names.tags}
        help={t('cannedTagsHelp')}
        words={value.tags}
        change={(tags) => change({ tags })}
        {...of('tags')}
      />
      {response === undefined ? null : <p class="meta quiet">{count('usedTimes', response.uses)}</p>}
    </Drawer>
  );
}

/** One that whoever looks may use and not change. */
function Shown({ response, ways }: Props & { readonly response: CannedResponse }) {
  return (
    <Drawer title={`/${response.shortcut}`} close={ways.close} step={ways.step}>
      <p class="quiet">{t('notYoursToChange')}</p>
      <Preview text={response.text} />
      <p class="meta quiet">{count('usedTimes', response.uses)}</p>
    </Drawer>
  );
}
