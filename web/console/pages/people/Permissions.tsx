import '../../parts/list-page.css';
import '../../parts/drawer.css';
import './people.css';
import './permissions.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Permission } from '../../api/documents.ts';
import { SECTIONS } from '../../frame/places.ts';
import { type Account, grant, readAccounts, readMeanings, readPermissions, readRoles, type Role } from '../../live/staff.ts';
import { saveTable } from '../../parts/csv.ts';
import { useForm } from '../../parts/form.ts';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { plain } from '../../parts/plain.ts';
import { useReading } from '../../parts/reading.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { go, place } from '../../place.ts';
import { count, listed, t } from '../../texts.ts';
import { affected, type Grants } from './affected.ts';
import { Matrix } from './Matrix.tsx';
import { Meaning } from './Meaning.tsx';
import { GROUPS, permissionName } from './permission-names.ts';
import { byMight, isAside, roleName } from './role-names.ts';
import { Tabs } from './Tabs.tsx';

export interface Read {
  readonly roles: readonly Role[];
  readonly accounts: readonly Account[];
  readonly permissions: readonly Permission[];
  /** What each lets somebody do. */
  readonly meanings: ReadonlyMap<string, string>;
}

async function readAll(): Promise<Read> {
  const [roles, accounts, permissions, meanings] = await Promise.all([readRoles(), readAccounts(), readPermissions(), readMeanings()]);
  return { roles, accounts, permissions, meanings };
}

/** In one order, so that the same is the same. */
function grantsOf(permissions: readonly Permission[]): Grants {
  const sorted = permissions.toSorted((one, other) => one._id.localeCompare(other._id));
  return Object.fromEntries(sorted.map(({ _id, roles }) => [_id, roles.toSorted()]));
}

const PATH = '/admin/permissions';

/** How the pages are called that it opens. */
const pagesOf = (id: string): readonly string[] => SECTIONS.flatMap(({ places }) => places.filter(({ needs }) => needs.includes(id)).map(({ name }) => t(name)));

/** What each role may do, and what a change of it gives to whom. */
export function Permissions() {
  const read = useReading(readAll);
  useEffect(() => {
    document.title = `${t('placePermissions')} · Hark`;
  }, []);
  return (
    <main id="main" tabIndex={-1} class="page list-page permissions-page" aria-busy={read.value === undefined && read.error === undefined}>
      {read.value === undefined ? (
        <>
          <header class="page-head">
            <h1>{t('placeUsers')}</h1>
          </header>
          <Tabs />
          {read.error === undefined ? <Skeleton rows={10} /> : <NotRead error={read.error} again={() => void read.again()} />}
        </>
      ) : (
        <Shown read={read.value} again={read.again} />
      )}
    </main>
  );
}

/** The roles of a desk and those that somebody has made; others that came with the server where they are asked for. */
function rolesShown({ roles }: Read, all: boolean): readonly string[] {
  return roles
    .map(({ _id }) => _id)
    .filter((id) => all || !isAside(id))
    .toSorted(byMight);
}

function Shown({ read, again }: { readonly read: Read; readonly again: () => Promise<void> }) {
  const { path, query } = place.value;
  const open = query.get('open') ?? (path.startsWith(`${PATH}/`) ? decodeURIComponent(path.slice(PATH.length + 1)) : '');
  const words = plain((query.get('q') ?? '').trim());
  const all = useSignal(false);
  const form = useForm<Grants>({
    id: (permission) => permission,
    value: grantsOf(read.permissions),
    read: async () => grantsOf(await readPermissions()),
    write: async (_, changed) => {
      await grant(Object.entries(changed).map(([_id, roles = []]) => ({ _id, roles })));
      await again();
    },
  });
  const known = new Set(GROUPS.flatMap(([, permissions]) => permissions.map(([id]) => id)));
  const rest = Object.keys(form.was).filter((id) => !known.has(id));
  const isFound = (id: string): boolean => words === '' || [id, permissionName(id), ...pagesOf(id)].some((text) => plain(text).includes(words));
  const groups = [...GROUPS.map(([name, permissions]) => [t(name), permissions.map(([id]) => id)] as const), [t('permOthers'), rest] as const]
    .map(([name, ids]) => [name, ids.filter((id) => form.was[id] !== undefined && isFound(id))] as const)
    .filter(([, ids]) => ids.length > 0);
  const roles = rolesShown(read, all.value);
  const ask = (name: string, text: string): void => {
    const next = new URLSearchParams(place.peek().query);
    next.set(name, text);
    if (text === '') {
      next.delete(name);
    }
    // On the same path, which nobody leaves by it.
    go(`${path}${next.size > 0 ? `?${next.toString()}` : ''}`, 'replace');
  };
  const choose = (id: string): void => ask('open', id);
  const set = (id: string, role: string, on: boolean): void => {
    const had = form.value[id] ?? [];
    form.change({ [id]: (on ? [...had, role] : had.filter((one) => one !== role)).toSorted() });
    choose(id);
  };
  const people = new Set(form.changed.flatMap((id) => affected(id, form.was, form.value, read.accounts)).map(({ account }) => account._id));
  const names = Object.fromEntries(Object.keys(form.was).map((id) => [id, permissionName(id)]));
  const shows = Object.fromEntries(form.changed.map((id) => [id, (ids: readonly string[]) => listed(ids.map(roleName))]));
  const save = (): void =>
    saveTable(t('placePermissions'), [
      [t('placePermissions'), t('roleId'), ...roles.map(roleName)],
      ...groups.flatMap(([, ids]) => ids.map((id) => [permissionName(id), id, ...roles.map((role) => (form.value[id]?.includes(role) === true ? 'x' : ''))])),
    ]);
  return (
    <>
      <header class="page-head">
        <h1>{t('placeUsers')}</h1>
        <span class="push" />
        <span class="input find">
          <Icon name="search" />
          <input
            type="search"
            aria-label={t('searchIn', { page: t('placePermissions') })}
            placeholder={t('permissionOrPage')}
            value={query.get('q') ?? ''}
            onInput={(event) => ask('q', event.currentTarget.value)}
          />
        </span>
        <button
          type="button"
          class="button"
          aria-pressed={all.value}
          onClick={() => {
            all.value = !all.peek();
          }}
        >
          {t('allRoles')}
        </button>
        <button type="button" class="icon-button bordered" aria-label={t('exportShown')} title={t('exportShown')} onClick={save}>
          <Icon name="download" />
        </button>
      </header>
      <Tabs />
      <div class="beside">
        <div class="list-body">
          {groups.length === 0 ? (
            <div class="empty" role="status">
              <Icon name="filter" size={24} />
              <h2>{t('noRowMatches', { words: query.get('q') ?? '' })}</h2>
              <button type="button" class="button" onClick={() => ask('q', '')}>
                {t('clearSearch')}
              </button>
            </div>
          ) : (
            <Matrix groups={groups} roles={roles} accounts={read.accounts} form={form} open={open} set={set} choose={choose} />
          )}
        </div>
        <Meaning open={open} form={form} accounts={read.accounts} meanings={read.meanings} />
      </div>
      <SaveBar form={form} names={names} shows={shows} about={people.size === 0 ? '' : count('forPeople', people.size)} />
    </>
  );
}
