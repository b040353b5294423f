import { Drawer } from '../console/parts/Drawer.tsx';
import { type Column, ListPage } from '../console/parts/ListPage.tsx';
import { NotAllowed } from '../console/parts/NotAllowed.tsx';
import { NotRead } from '../console/parts/NotRead.tsx';
import type { Reading } from '../console/parts/reading.ts';
import { UnreadPage } from '../console/parts/UnreadPage.tsx';
import { Refused, Unreachable } from '../shared/answers.ts';
import { LONG, NAMES, never } from './data.ts';
import type { Group, State } from './state.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly agents: number;
}

const PATH = '/admin/departments';

const COLUMNS: readonly [Column<Row>, Column<Row>, Column<Row>] = [
  { key: 'name', name: 'Department', of: ({ name }) => name },
  { key: 'note', name: 'For', of: ({ note }) => note, isWide: true },
  { key: 'agents', name: 'Agents', of: ({ agents }) => agents, isNumber: true },
];

const row = (place: number): Row => ({ id: String(place), name: NAMES[place % NAMES.length] ?? '', note: 'Parcels', agents: place });

const reading = <T,>(value: T | undefined, error?: unknown): Reading<T> => ({ value, error, again: never });

interface Given {
  readonly list: Reading<readonly Row[]>;
  readonly at?: string;
  readonly create?: string;
}

const list = (name: string, { list: rows, at = PATH, create = 'New department' }: Given): State => ({
  name,
  high: 440,
  isPage: true,
  at,
  draw: () => (
    <ListPage
      title="Departments"
      icon="users"
      path={PATH}
      list={rows}
      id={({ id }) => id}
      columns={COLUMNS}
      about={({ name: called }) => `${called}@kiln-and-clay.example`}
      placeholder="Name or agent"
      create={create}
      empty={['No department yet', 'Departments divide chats among agents: visitors choose one, or you do.']}
      drawer={(shown, { step, close }) => (
        <Drawer title={shown?.name ?? 'New department'} step={step} close={close}>
          <p>{shown?.note}</p>
        </Drawer>
      )}
    />
  ),
});

const FEW = Array.from({ length: 4 }, (_, place) => row(place));
const UNAVAILABLE = new Unreachable();
const REFUSED = new Refused(400, { error: 'There is no such list.' });

export const PAGES: Group = {
  name: 'Pages',
  parts: [
    {
      name: 'ListPage',
      isWide: true,
      states: [
        list('rest', { list: reading(FEW) }),
        list('sorted', { list: reading(FEW), at: `${PATH}?sort=-agents` }),
        list('a row in full', { list: reading(FEW), at: `${PATH}/2` }),
        list('a row that is gone', { list: reading(FEW), at: `${PATH}/gone` }),
        list('busy', { list: reading<readonly Row[]>(undefined) }),
        list('error', { list: reading<readonly Row[]>(undefined, UNAVAILABLE) }),
        list('empty', { list: reading<readonly Row[]>([]) }),
        list('empty: nothing matches', { list: reading(FEW), at: `${PATH}?q=bowls` }),
        list('long text', { list: reading([{ ...row(0), name: LONG, note: LONG }, row(1)]) }),
        list('many', { list: reading(Array.from({ length: 120 }, (_, place) => row(place))) }),
      ],
    },
    {
      name: 'UnreadPage',
      isWide: true,
      states: [
        { name: 'busy', high: 300, isPage: true, draw: () => <UnreadPage title="Settings" reading={reading(undefined)} /> },
        { name: 'error', high: 300, isPage: true, draw: () => <UnreadPage title="Settings" reading={reading(undefined, UNAVAILABLE)} /> },
      ],
    },
    {
      name: 'NotRead',
      states: [
        { name: 'error: no answer', draw: () => <NotRead error={UNAVAILABLE} again={() => void never()} /> },
        { name: 'error: refused', draw: () => <NotRead error={REFUSED} again={() => void never()} /> },
        { name: 'focus', focus: 'button', draw: () => <NotRead error={UNAVAILABLE} again={() => void never()} /> },
        { name: 'long text', draw: () => <NotRead error={new Refused(400, { error: LONG })} again={() => void never()} /> },
      ],
    },
    {
      name: 'NotAllowed',
      isWide: true,
      states: [
        { name: 'who can help is known', high: 240, isPage: true, draw: () => <NotAllowed page="Webhooks" permission="manage-livechat-webhooks" /> },
        { name: 'empty: nobody is known who could', high: 240, isPage: true, draw: () => <NotAllowed page={LONG} permission="nobody-has-this" /> },
      ],
    },
  ],
};
