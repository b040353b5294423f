// When somebody is there, day by day, on the visitor's own clock.
import { config } from '../chat/state.ts';
import { startOfDay, t, times, weekdays } from '../texts.ts';

const WEEK = 7;
/** 5 January 1970. */
const A_MONDAY = new Date(1970, 0, 5).getTime();

interface Stretch {
  readonly first: number;
  last: number;
  readonly hours: string;
}

const dayOf = (number: number): number => new Date(1970, 0, 5 + number).getTime();

/** From Monday to Sunday, with days that are alike in one line. */
function stretches(week: readonly { readonly from: string; readonly until: string }[]): Stretch[] {
  const ofDay = Array.from({ length: WEEK }, (): string[] => []);
  for (const { from, until } of week) {
    const begins = Date.parse(from);
    const monday = Math.round((startOfDay(begins) - A_MONDAY) / 86_400_000);
    ofDay[((monday % WEEK) + WEEK) % WEEK]?.push(times(begins, Date.parse(until)));
  }
  const found: Stretch[] = [];
  for (const [day, hours] of ofDay.entries()) {
    const said = hours.length === 0 ? t('dayClosed') : hours.join(', ');
    const before = found.at(-1);
    if (before?.hours === said) {
      before.last = day;
    } else {
      found.push({ first: day, last: day, hours: said });
    }
  }
  return found;
}

/** Nothing where there are no opening hours. */
export function Hours({ isCard = false }: { readonly isCard?: boolean }) {
  const hours = config.value?.welcome?.hours;
  return hours === undefined ? null : (
    <section class={isCard ? 'card hours' : 'hours'}>
      <h2>{t('hours')}</h2>
      <dl>
        {stretches(hours.week).map(({ first, last, hours: said }) => (
          <div key={first}>
            <dt>{weekdays(dayOf(first), dayOf(last))}</dt>
            <dd>{said}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
