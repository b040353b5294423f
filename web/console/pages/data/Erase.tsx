import { t } from '../../texts.ts';
import { EraseDrawer } from './EraseDrawer.tsx';
import { VisitorList } from './VisitorList.tsx';

/** Visitors who want to be forgotten are looked for here. */
export function Erase() {
  return (
    <VisitorList
      title={t('placeErase')}
      icon="trash"
      path="/admin/erase"
      above={<p class="data-above quiet">{t('eraseMore')}</p>}
      drawer={(id, ways, again) => <EraseDrawer key={id} id={id} ways={ways} again={again} />}
    />
  );
}
