import { may } from '../../live/people.ts';
import { address, place } from '../../place.ts';
import { t } from '../../texts.ts';

/** Accounts, roles and what roles may do belong together. */
export function Tabs() {
  const { path } = place.value;
  const all = [
    ['/admin/users', t('tabUsers'), true],
    ['/admin/roles', t('tabRoles'), may('access-permissions')],
    ['/admin/permissions', t('placePermissions'), may('access-permissions')],
  ] as const;
  return (
    <nav class="tabs" aria-label={t('placeUsers')}>
      {all
        .filter(([, , isFor]) => isFor)
        .map(([to, name]) => (
          <a key={to} href={address(to)} data-inside {...(path === to || path.startsWith(`${to}/`) ? ({ 'aria-current': 'page' } as const) : {})}>
            {name}
          </a>
        ))}
    </nav>
  );
}
