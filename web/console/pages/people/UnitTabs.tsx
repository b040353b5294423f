import { may } from '../../live/people.ts';
import { Tabs } from '../../parts/Tabs.tsx';
import { t } from '../../texts.ts';

export function UnitTabs() {
  return <Tabs label={t('placeUnits')} tabs={[['/admin/units', t('tabUnits')], ...(may('manage-livechat-monitors') ? [['/admin/monitors', t('tabMonitors')] as const] : [])]} />;
}
