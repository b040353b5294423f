import { useFound } from '../../parts/found.ts';
import { ListPage } from '../../parts/ListPage.tsx';
import { t } from '../../texts.ts';
import { columns, find } from './visitor-list.ts';
import { VisitorDrawer } from './VisitorDrawer.tsx';

/** Everybody who has ever written: a browser, a telephone or a thread of mails each. */
export function Visitors() {
  const { list, total, more } = useFound(find);
  return (
    <ListPage
      title={t('placeVisitors')}
      icon="user"
      path="/admin/visitors"
      list={list}
      found={{ total, more }}
      id={({ _id }) => _id}
      columns={columns()}
      placeholder={t('findVisitors')}
      empty={[t('noVisitorsYet'), t('noVisitorsYetMore')]}
      drawer={(_, ways, id) => <VisitorDrawer key={id} id={id} ways={ways} />}
    />
  );
}
