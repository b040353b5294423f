import './data.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { calledAs } from '../../api/documents.ts';
import { type Conversation, readConversations, type Wanted } from '../../live/conversations.ts';
import { agents, departmentName, departments, nameOf } from '../../live/people.ts';
import { findVisitors, type VisitorInShort } from '../../live/visitors.ts';
import { saveTable } from '../../parts/csv.ts';
import { ChoiceField, TextField } from '../../parts/Field.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { useReading } from '../../parts/reading.ts';
import { count, t } from '../../texts.ts';
import { useProgress } from './progress.ts';
import { ProgressLine } from './ProgressLine.tsx';
import { stateName, STATES } from './states.ts';
import { VisitorExport } from './VisitorExport.tsx';

/** What leaves the server as a file. */
export function Export() {
  useEffect(() => {
    document.title = `${t('placeExport')} · Hark`;
  }, []);
  return (
    <main id="main" tabIndex={-1} class="page data-export-page">
      <header class="page-head">
        <h1>{t('placeExport')}</h1>
      </header>
      <div class="page-body">
        <ChatsExport />
        <OfOneVisitor />
        <p class="quiet">{t('listsExport')}</p>
      </div>
    </main>
  );
}

const EMPTY = { text: '', state: '', department: '', agent: '', tag: '', from: '', until: '' };
type Filter = typeof EMPTY;

/** The first and the last moment of days, by the clock of the one who asks. */
const wantedBy = ({ from, until, ...rest }: Filter): Wanted =>
  Object.fromEntries(
    Object.entries({
      ...rest,
      from: from === '' ? '' : new Date(`${from}T00:00`).toISOString(),
      to: until === '' ? '' : new Date(`${until}T23:59:59.999`).toISOString(),
    }).filter(([, value]) => value.trim() !== ''),
  );

const head = (): readonly string[] => [
  'id',
  t('visitor'),
  t('stateOfChat'),
  t('department'),
  t('agent'),
  t('topic'),
  t('tags'),
  t('messagesOf'),
  t('begun'),
  t('ended'),
];

const rowOf = (chat: Conversation): readonly (string | number)[] => [
  chat.id,
  chat.visitor?.name ?? chat.label,
  stateName(chat.state),
  departmentName(chat.department ?? undefined) ?? '',
  chat.servedBy === null ? '' : nameOf(chat.servedBy.username),
  chat.topic ?? '',
  chat.tags.join(', '),
  chat.messages,
  chat.startedAt,
  chat.endedAt ?? '',
];

function ChatsExport() {
  const filter = useSignal<Filter>(EMPTY);
  const many = useSignal(0);
  const progress = useProgress();
  const set = (name: keyof Filter) => (value: string): void => {
    filter.value = { ...filter.peek(), [name]: value };
  };
  const begin = (): void =>
    progress.run(async (stop) => {
      many.value = 0;
      const chats = await readConversations(
        wantedBy(filter.peek()),
        (soFar) => {
          many.value = soFar;
        },
        stop,
      );
      saveTable(t('chats'), [head(), ...chats.map(rowOf)]);
    });
  const { value } = filter;
  const day = (name: 'from' | 'until', label: string, bounds: { readonly min?: string; readonly max?: string }) => (
    <div class="field">
      <label for={`export-${name}`}>{label}</label>
      <input id={`export-${name}`} class="input" type="date" value={value[name]} {...bounds} onInput={(event) => set(name)(event.currentTarget.value)} />
    </div>
  );
  return (
    <section aria-labelledby="export-chats">
      <h2 id="export-chats">{t('chatsAsTable')}</h2>
      <p class="quiet">{t('chatsAsTableMore')}</p>
      <div class="data-filters">
        <TextField label={t('withWords')} value={value.text} change={set('text')} />
        <ChoiceField label={t('stateOfChat')} value={value.state} change={set('state')} choices={[['', t('anyState')], ...STATES.map((state) => [state, stateName(state)] as const)]} />
        <ChoiceField
          label={t('department')}
          value={value.department}
          change={set('department')}
          choices={[['', t('whichever')], ...departments.value.map(({ _id, name }) => [_id, name] as const)]}
        />
        <ChoiceField
          label={t('agent')}
          value={value.agent}
          change={set('agent')}
          choices={[['', t('whichever')], ...agents.value.map((one) => [one._id, calledAs(one)] as const)]}
        />
        <TextField label={t('tag')} value={value.tag} change={set('tag')} />
        {day('from', t('begunFrom'), { max: value.until })}
        {day('until', t('begunUntil'), { min: value.from })}
      </div>
      <p class="line">
        <button type="button" class="button primary" aria-disabled={progress.isBusy} onClick={begin}>
          <Icon name="download" />
          <span>{t('exportAs', { format: 'CSV' })}</span>
        </button>
      </p>
      <ProgressLine progress={progress} soFar={count('chatsOf', many.value)} />
    </section>
  );
}

/** What is typed settles before it is asked for. */
const SETTLED_MS = 250;
const OFFERED = 8;

function OfOneVisitor() {
  const words = useSignal('');
  const settled = useSignal('');
  const chosen = useSignal<VisitorInShort | undefined>(undefined);
  const typed = words.value.trim();
  useEffect(() => {
    const timer = setTimeout(() => {
      settled.value = typed;
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const found = useReading(async () => (settled.peek() === '' ? undefined : (await findVisitors(settled.peek(), 0)).visitors.slice(0, OFFERED)), settled.value);
  return (
    <section aria-labelledby="export-visitor">
      <h2 id="export-visitor">{t('ofOneVisitor')}</h2>
      <TextField
        label={t('whichVisitor')}
        placeholder={t('findVisitors')}
        value={words.value}
        change={(next) => {
          words.value = next;
          chosen.value = undefined;
        }}
      />
      {found.error === undefined ? null : <NotRead error={found.error} again={() => void found.again()} />}
      <div role="status">{found.value?.length === 0 ? <p class="quiet">{t('noVisitorMatches')}</p> : null}</div>
      {chosen.value === undefined ? (
        <ul class="data-rows">
          {found.value?.map((visitor) => (
            <li key={visitor._id}>
              <button
                type="button"
                class="button small"
                onClick={() => {
                  chosen.value = visitor;
                }}
              >
                <bdi>{calledAs(visitor)}</bdi>
              </button>
              <bdi class="quiet cut-text">{visitor.visitorEmails?.[0]?.address}</bdi>
            </li>
          ))}
        </ul>
      ) : (
        <>
          <p class="strong">
            <bdi>{calledAs(chosen.value)}</bdi>
          </p>
          <VisitorExport key={chosen.value._id} id={chosen.value._id} name={calledAs(chosen.value)} />
        </>
      )}
    </section>
  );
}
