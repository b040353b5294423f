import { Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { Icon } from '../parts/Icon.tsx';
import { address, go, place as at } from '../place.ts';
import { number, t } from '../texts.ts';
import { type Place, placeAt, type Section } from './places.ts';
import { lostAt, savedIn } from './seen.ts';

interface Props {
  readonly section: Section;
  readonly places: readonly Place[];
}

interface Entry {
  readonly path: string;
  readonly icon: string;
  readonly name: string;
  /** What stands above it, with those that follow. */
  readonly group: string | undefined;
  readonly lost: number;
  readonly to: string;
}

/** What somebody asks for goes along where the section says so. */
function withWishes(path: string, { keeps = [] }: Section): string {
  const kept = [...at.value.query].filter(([name]) => keeps.includes(name));
  return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept).toString()}`;
}

function entriesOf(section: Section, places: readonly Place[]): readonly Entry[] {
  const { saved } = section;
  return [
    ...places.map((one) => ({
      path: one.path,
      icon: one.icon,
      name: t(one.name),
      group: one.group === undefined ? undefined : t(one.group),
      lost: lostAt(one),
      to: withWishes(one.path, section),
    })),
    ...savedIn(section).map((one, place) => ({ ...one, group: place === 0 && saved !== undefined ? t(saved) : undefined, lost: 0, to: one.path })),
  ];
}

/** The pages of a section; where there is no room for a column it is a choice above the page. */
export function Menu({ section, places }: Props) {
  const { path } = at.value;
  const tabOf = placeAt(path)?.place.tabOf;
  const isAt = (one: Entry): boolean => tabOf === one.path || path === one.path || path.startsWith(`${one.path}/`);
  const entries = entriesOf(section, places);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('.is-current')?.scrollIntoView({ block: 'nearest' });
  }, [path]);
  return (
    <nav class="menu" aria-label={t(section.name)}>
      <p class="title">{t(section.name)}</p>
      <select class="input" aria-label={t(section.name)} value={entries.find(isAt)?.to} onChange={(event) => go(event.currentTarget.value)}>
        {entries.map((one) => (
          <option key={one.path} value={one.to}>
            {one.name}
          </option>
        ))}
      </select>
      <ul ref={list}>
        {entries.map((one) => (
          <Fragment key={one.path}>
            {one.group === undefined ? null : <li class="group">{one.group}</li>}
            <li>
              <a href={address(one.to)} data-inside {...(isAt(one) ? ({ class: 'is-current', 'aria-current': 'page' } as const) : {})}>
                <Icon name={one.icon} />
                <bdi class="cut-text">{one.name}</bdi>
                <Lost of={one.lost} />
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
