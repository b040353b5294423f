import { t } from '../../texts.ts';
import { VisitorDrawer } from './VisitorDrawer.tsx';
import { VisitorList } from './VisitorList.tsx';

export function Visitors() {
  return <VisitorList title={t('placeVisitors')} icon="user" path="/admin/visitors" drawer={(id, ways) => <VisitorDrawer key={id} id={id} ways={ways} />} />;
}
