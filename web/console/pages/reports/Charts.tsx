import { dayOf } from '../../days.ts';
import { betweenName } from './between.ts';
import type { Found } from './reading.ts';
import type { Ratings, Spread, Week } from '../../live/figures.ts';
import { HeatMap } from '../../parts/charts/HeatMap.tsx';
import { LineWithBand } from '../../parts/charts/LineWithBand.tsx';
import { ShareBars } from '../../parts/charts/ShareBars.tsx';
import { type Bar, StackedBars } from '../../parts/charts/StackedBars.tsx';
import { count, duration, number, percent, t, weekday } from '../../texts.ts';

/** So many days are named below a chart. */
const MOST_MARKS = 7;
/** Those of the heat map, from Monday on. */
const WEEK = [0, 1, 2, 3, 4, 5, 6] as const;
export const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));

export const marked = (all: number, place: number): boolean => place % Math.max(1, Math.ceil(all / MOST_MARKS)) === 0;

export function ChatsByDay({ found: { days } }: { readonly found: Found }) {
  const { items, total } = days;
  const bars = items.map(({ key, sums }, place): Bar => {
    const name = dayOf(key ?? '');
    return { name, ...(marked(items.length, place) ? { mark: name } : {}), parts: [sums.answered, sums.chats - sums.answered] };
  });
  const most = items.reduce((best, one) => (one.sums.chats > best.sums.chats ? one : best), items[0] ?? { key: '', sums: { chats: 0 } });
  return (
    <StackedBars
      title={t('chatsADay')}
      series={[
        { name: t('answered'), look: 'plain' },
        { name: t('notAnswered'), look: 'hatched' },
      ]}
      bars={bars}
      head={t('dayOfReport')}
      sentence={t('chatsADaySentence', { chats: number(total.chats), day: dayOf(most.key ?? ''), most: number(most.sums.chats) })}
    />
  );
}

/** Each day beside the same place of the days before. */
export function FirstAnswerByDay({ found: { days, before } }: { readonly found: Found }) {
  const { items, total } = days;
  const earlier = before?.items.flatMap(({ sums }) => sums.averageFirstResponseMs ?? []) ?? [];
  const usual = earlier.length === 0 ? undefined : ([Math.min(...earlier), Math.max(...earlier)] as const);
  return (
    <LineWithBand
      title={t('firstAnswer')}
      note={t('averageOfDays')}
      points={items.map(({ key, sums }, place) => {
        const name = dayOf(key ?? '');
        return { name, ...(marked(items.length, place) && place > 0 ? { mark: name } : {}), value: sums.averageFirstResponseMs ?? undefined, usual };
      })}
      head={t('dayOfReport')}
      usual={t('rangeBefore')}
      height={180}
      sentence={t('firstAnswerSentence', { time: total.averageFirstResponseMs === null ? '–' : duration(total.averageFirstResponseMs) })}
    />
  );
}

/** How many first answers came in which time. */
export function FirstAnswers({ spread }: { readonly spread: Spread }) {
  return (
    <ShareBars
      title={t('firstAnswer')}
      note={t('firstAnswersOf', { chats: number(spread.chats) })}
      shares={spread.items.map((between) => ({ name: betweenName(between), many: between.chats }))}
      names={120}
      sentence={t('firstAnswersSentence', { time: betweenName(spread.median) })}
      heads={[t('firstAnswer'), t('chats'), t('shareOfAnswered')]}
    />
  );
}

/** The chats of each hour of each day of the week. */
export const weekRows = (week: Week | undefined): readonly (readonly [day: string, chats: readonly number[]])[] =>
  WEEK.map((day) => [
    weekday(day, 'long'),
    HOURS.map((_, hour) => week?.items.find((one) => one.weekday === day + 1 && one.hour === hour)?.chats ?? 0),
  ]);

export function WhenTheyCome({ found: { week } }: { readonly found: Found }) {
  const all = week?.items ?? [];
  const most = all.reduce((best, one) => (one.chats > best.chats ? one : best), { weekday: 1, hour: 0, chats: 0 });
  return (
    <HeatMap
      title={t('whenTheyCome')}
      note={t('timesOf', { zone: week?.zone ?? '' })}
      rows={week && weekRows(week)}
      columns={HOURS}
      head={t('dayOfReport')}
      sentence={t('whenTheyComeSentence', { day: weekday(most.weekday - 1, 'long'), hour: `${HOURS[most.hour] ?? '00'}:00` })}
    />
  );
}

export function RatingBars({ ratings, before }: { readonly ratings: Ratings; readonly before?: Ratings | undefined }) {
  const rated = ratings.items.reduce((sum, { chats }) => sum + chats, 0);
  const earlier = before?.items.reduce((sum, { chats }) => sum + chats, 0);
  const share = percent(ratings.chats === 0 ? 0 : rated / ratings.chats);
  return (
    <ShareBars
      title={t('ratings')}
      note={earlier === undefined ? number(rated) : t('numberAndBefore', { now: number(rated), before: number(earlier) })}
      shares={ratings.items.map(({ rating, chats }) => ({ name: count('starsCount', rating), many: chats, fill: `--rate-${rating}` }))}
      sentence={t('ratingsSentence', { rated: number(rated), share })}
      heads={[t('rating'), t('chats'), t('shareOfRated')]}
    />
  );
}
