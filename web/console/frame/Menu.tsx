import { Fragment } from 'preact';

import { Icon } from '../parts/Icon.tsx';
import { address, go, place as at } from '../place.ts';
import { number, t } from '../texts.ts';
import type { TextKey } from '../texts/tables.ts';
import { type Place, placeAt } from './places.ts';

interface Props {
  readonly name: TextKey;
  readonly places: readonly Place[];
}

/** The pages of a section; where there is no room for a column it is a choice above the page. */
export function Menu({ name, places }: Props) {
  const { path } = at.value;
  const tabOf = placeAt(path)?.place.tabOf;
  const isAt = (one: Place): boolean => tabOf === one.path || path === one.path || path.startsWith(`${one.path}/`);
  return (
    <nav class="menu" aria-label={t(name)}>
      <p class="title">{t(name)}</p>
      <select class="input" aria-label={t(name)} value={places.find(isAt)?.path} onChange={(event) => go(event.currentTarget.value)}>
        {places.map((one) => (
          <option key={one.path} value={one.path}>
            {t(one.name)}
          </option>
        ))}
      </select>
      <ul>
        {places.map((one) => (
          <Fragment key={one.path}>
            {one.group === undefined ? null : <li class="group">{t(one.group)}</li>}
            <li>
              <a href={address(one.path)} data-inside {...(isAt(one) ? ({ class: 'is-current', 'aria-current': 'page' } as const) : {})}>
                <Icon name={one.icon} />
                {t(one.name)}
                <Lost of={one.lost?.() ?? 0} />
              </a>
            </li>
          </Fragment>
        ))}
      </ul>
    </nav>
  );
}

function Lost({ of }: { readonly of: number }) {
  return of > 0 ? <span class="count count-fault">{number(of)}</span> : null;
}
