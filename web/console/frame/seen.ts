// The pages that the person who is logged in may see, and the counts beside them in the rail and in menus.
import { givenUp } from '../live/given-up.ts';
import { may } from '../live/people.ts';
import { savedReports } from '../live/saved-reports.ts';
import { ICONS_OF_REPORTS, isBelow, type Place, type Section, SECTIONS } from './places.ts';

/** A place that somebody has named. */
export interface Saved {
  readonly path: string;
  readonly name: string;
  readonly icon: string;
}

export const isFor = ({ needs }: Place): boolean => needs.some(may);

/** The places of a section that whoever looks may see, in the order of its menu. */
export const placesOf = ({ places }: Section): readonly Place[] => places.filter((place) => isFor(place) && !isBelow(place) && place.tabOf === undefined);

/** The sections of which whoever looks may see something, each with its first place. */
export const sections = (): readonly (readonly [Section, Place])[] =>
  SECTIONS.flatMap((section) => {
    const first = placesOf(section)[0];
    return first === undefined ? [] : [[section, first] as const];
  });

/** How much waits there for a person. */
export const lostAt = ({ countsLost }: Pick<Place | Section, 'countsLost'>): number => (countsLost === true ? givenUp.value : 0);

export const savedIn = ({ saved }: Section): readonly Saved[] =>
  saved === undefined
    ? []
    : (savedReports.value ?? []).map(({ id, name, report: { kind } }) => ({ path: `/reports/saved/${id}`, name, icon: ICONS_OF_REPORTS[kind] }));
