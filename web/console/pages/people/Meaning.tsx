import { calledAs } from '../../api/documents.ts';
import { type Account } from '../../live/staff.ts';
import type { Form } from '../../parts/form.ts';
import { historyOf } from '../../parts/history.ts';
import { Icon } from '../../parts/Icon.tsx';
import { MoreMenu } from '../../parts/MoreMenu.tsx';
import { count, t } from '../../texts.ts';
import { affected, type Grants, mayDo } from './affected.ts';
import { Person } from './Person.tsx';
import { permissionName } from './permission-names.ts';
import { roleName } from './role-names.ts';

interface Props {
  readonly open: string;
  readonly form: Form<Grants>;
  readonly accounts: readonly Account[];
  /** What each permission lets somebody do. */
  readonly meanings: ReadonlyMap<string, string>;
}

/** So many names, then a number. */
const MOST = 8;

/** What becomes of a permission by what is changed, said before it is saved. */
export function Meaning({ open, form, accounts, meanings }: Props) {
  const meaning = meanings.get(open);
  const changes = form.changed.flatMap((id) => {
    const was = form.was[id] ?? [];
    const is = form.value[id] ?? [];
    return [
      ...is.filter((role) => !was.includes(role)).map((role) => ({ id, role, on: true })),
      ...was.filter((role) => !is.includes(role)).map((role) => ({ id, role, on: false })),
    ];
  });
  const isKnown = form.was[open] !== undefined;
  const others = affected(open, form.was, form.value, accounts);
  return (
    <aside class="meaning" aria-label={isKnown ? permissionName(open) : t('placePermissions')}>
      {isKnown ? (
        <section>
          <header class="line">
            <h2>{permissionName(open)}</h2>
            <span class="push" />
            <MoreMenu acts={historyOf(open)} />
          </header>
          <code class="mono quiet">{open}</code>
          {meaning === undefined ? null : <p lang="en">{meaning}</p>}
        </section>
      ) : (
        <p class="quiet">{t('choosePermission')}</p>
      )}
      {isKnown ? (
        <div aria-live="polite">
          <People title={t('newWithIt')} people={others.filter(({ gains }) => gains).map(({ account }) => account)} />
          <People title={t('withoutIt')} people={others.filter(({ gains }) => !gains).map(({ account }) => account)} />
        </div>
      ) : null}
      {isKnown ? <People title={t('haveIt')} people={accounts.filter((account) => account.active && mayDo(open, form.value, account))} nobody={t('nobodyMay')} /> : null}
      {changes.length === 0 ? null : (
        <section>
          <h3>{count('changes', changes.length)}</h3>
          <ul>
            {changes.map(({ id, role, on }) => (
              <li key={`${id} ${role}`}>
                <span class={on ? 'good' : 'fault'}>
                  <Icon name={on ? 'plus' : 'minus'} />
                </span>
                {t(on ? 'roleMay' : 'permTaken', { role: roleName(role), what: permissionName(id) })}
              </li>
            ))}
          </ul>
        </section>
      )}
      {changes.length === 0 ? null : (
        <section>
          <h3>{t('holdsAtOnce')}</h3>
          <p class="quiet">{t('holdsAtOnceMore')}</p>
        </section>
      )}
    </aside>
  );
}

function People({ title, people, nobody }: { readonly title: string; readonly people: readonly Account[]; readonly nobody?: string }) {
  if (people.length === 0 && nobody === undefined) {
    return null;
  }
  return (
    <section>
      <h3>{title}</h3>
      {people.length === 0 ? <p class="quiet">{nobody}</p> : null}
      <ul>
        {people.slice(0, MOST).map((one) => (
          <li key={one._id}>
            <Person name={calledAs(one)} username={one.username} />
          </li>
        ))}
      </ul>
      {people.length > MOST ? <p class="meta">{count('andMore', people.length - MOST)}</p> : null}
    </section>
  );
}
