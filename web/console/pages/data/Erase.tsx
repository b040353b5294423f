import { useFound } from '../../parts/found.ts';
import { ListPage } from '../../parts/ListPage.tsx';
import { t } from '../../texts.ts';
import { EraseDrawer } from './EraseDrawer.tsx';
import { columns, find } from './visitor-list.ts';

/** Visitors who want to be forgotten are looked for here. */
export function Erase() {
  const { list, total, more } = useFound(find);
  return (
    <ListPage
      title={t('placeErase')}
      icon="trash"
      path="/admin/erase"
      list={list}
      found={{ total, more }}
      id={({ _id }) => _id}
      columns={columns()}
      placeholder={t('findVisitors')}
      empty={[t('noVisitorsYet'), t('noVisitorsYetMore')]}
      above={<p class="data-above quiet">{t('eraseMore')}</p>}
      drawer={(_, ways, id) => <EraseDrawer key={id} id={id} ways={ways} again={list.again} />}
    />
  );
}
