import { useSignal } from '@preact/signals';

import type { Account } from '../../live/staff.ts';
import type { Form } from '../../parts/form.ts';
import { count, t } from '../../texts.ts';
import type { Grants } from './affected.ts';
import { permissionName } from './permission-names.ts';
import { ADMINISTRATOR, roleName } from './role-names.ts';

interface Props {
  readonly groups: readonly (readonly [name: string, ids: readonly string[]])[];
  readonly roles: readonly string[];
  readonly accounts: readonly Account[];
  readonly form: Form<Grants>;
  readonly open: string;
  readonly set: (id: string, role: string, on: boolean) => void;
  readonly choose: (id: string) => void;
}

/** Without these an administrator could not give anything back. */
const KEPT: ReadonlySet<string> = new Set(['access-permissions', 'view-privileged-setting', 'edit-privileged-setting']);

const isKept = (id: string, role: string): boolean => role === ADMINISTRATOR && KEPT.has(id);

const MOVES: Readonly<Record<string, readonly [down: number, along: number]>> = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

export function Matrix({ groups, roles, accounts, form, open, set, choose }: Props) {
  const ids = groups.flatMap(([, some]) => some);
  const at = useSignal<readonly [row: number, column: number]>([0, 0]);
  // One stop for the whole table; arrows move inside of it.
  const row = Math.min(at.value[0], ids.length - 1);
  const column = Math.min(at.value[1], roles.length - 1);
  const move = (event: KeyboardEvent): void => {
    const by = MOVES[event.key];
    if (by === undefined) {
      return;
    }
    event.preventDefault();
    const turned = document.documentElement.dir === 'rtl' ? -by[1] : by[1];
    const next = [Math.max(0, Math.min(ids.length - 1, row + by[0])), Math.max(0, Math.min(roles.length - 1, column + turned))] as const;
    at.value = next;
    document.getElementById(`tick-${ids[next[0]] ?? ''}-${roles[next[1]] ?? ''}`)?.focus();
  };
  return (
    <table class="matrix" onKeyDown={move}>
      <thead>
        <tr>
          <td class="meta">
            <span>{t('fixedTicks')}</span>
          </td>
          {roles.map((role) => (
            <th key={role} scope="col">
              <bdi class="strong">{roleName(role)}</bdi>
              <span>{count('peopleCount', accounts.filter((account) => account.active && account.roles.includes(role)).length)}</span>
            </th>
          ))}
        </tr>
      </thead>
      {groups.map(([name, some]) => (
        <tbody key={name}>
          <tr class="matrix-group">
            <td colSpan={roles.length + 1}>{name}</td>
          </tr>
          {some.map((id) => (
            <tr key={id} class={id === open ? 'is-selected' : ''}>
              <th scope="row">
                <button type="button" class="link-button" aria-expanded={id === open} onClick={() => choose(id === open ? '' : id)}>
                  {permissionName(id)}
                </button>
                {permissionName(id) === id ? null : <code class="mono">{id}</code>}
              </th>
              {roles.map((role) => {
                const on = form.value[id]?.includes(role) === true;
                const isChanged = on !== (form.was[id]?.includes(role) === true);
                return (
                  <td key={role} class={isChanged ? 'is-changed' : ''}>
                    <input
                      id={`tick-${id}-${role}`}
                      type="checkbox"
                      aria-label={t('roleMay', { role: roleName(role), what: permissionName(id) })}
                      tabIndex={ids[row] === id && roles[column] === role ? 0 : -1}
                      checked={on}
                      disabled={isKept(id, role) && on}
                      onFocus={() => {
                        at.value = [ids.indexOf(id), roles.indexOf(role)];
                      }}
                      onChange={(event) => set(id, role, event.currentTarget.checked)}
                    />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}
