import { may } from '../../live/people.ts';
import { Tabs as Of } from '../../parts/Tabs.tsx';
import { t } from '../../texts.ts';

/** Accounts, roles and what roles may do belong together. */
export function Tabs() {
  const others = [
    ['/admin/roles', t('tabRoles')],
    ['/admin/permissions', t('placePermissions')],
  ] as const;
  return <Of label={t('placeUsers')} tabs={[['/admin/users', t('tabUsers')], ...(may('access-permissions') ? others : [])]} />;
}
