import '../../parts/figures.css';

import { lasted, signed } from '../../days.ts';
import type { Spreads, Sums } from '../../live/figures.ts';
import { duration, number, percent, shortly, t } from '../../texts.ts';
import { betweenName } from './between.ts';
import type { Found } from './reading.ts';

interface Change {
  readonly text: string;
  readonly isGood: boolean | undefined;
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly note?: string | undefined;
  readonly change?: Change | undefined;
}

export function Figure({ name, value, note, change }: FigureProps) {
  const kind = change?.isGood === undefined ? '' : change.isGood ? 'good' : 'fault';
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {change === undefined ? null : <small class={kind}>{change.text}</small>}
        {note === undefined ? null : <small>{note}</small>}
      </dd>
    </div>
  );
}

/** How much more or less it is, in parts of a hundred. */
export function inPercent(now: number, before: number | undefined): Change | undefined {
  return before === undefined || before === 0 ? undefined : { text: signed(now / before - 1, { style: 'percent' }), isGood: undefined };
}

/** Points of a hundred; less is better. */
function inPoints(now: number | undefined, before: number | undefined): Change | undefined {
  if (now === undefined || before === undefined) {
    return undefined;
  }
  return { text: signed(100 * (now - before), { maximumFractionDigits: 1 }), isGood: now === before ? undefined : now < before };
}

/** Points of a hundred; more is better. */
export function morePoints(now: number | undefined, before: number | undefined): Change | undefined {
  const change = inPoints(now, before);
  return change?.isGood === undefined ? change : { ...change, isGood: !change.isGood };
}

/** Time; less is better. */
export function inTime(now: number | null, before: number | null | undefined): Change | undefined {
  if (now === null || before === null || before === undefined) {
    return undefined;
  }
  const by = Math.abs(now - before);
  const isSame = by < 1000;
  return { text: `${isSame ? '±' : now < before ? '−' : '+'} ${duration(by)}`, isGood: isSame ? undefined : now < before };
}

export const shareOf = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);

export const percentOrNone = (share: number | undefined): string => (share === undefined ? '–' : percent(share));
const averageOf = (ms: number | null): string | undefined => (ms === null ? undefined : t('averageIs', { time: duration(ms) }));

/** An answer within this time is a quick one: one of the bounds between which the server counts. */
const SOON_MS = 120_000;

/** Of all chats, those that were answered quickly. */
function soonShare({ firstAnswer }: Spreads, { chats }: Pick<Sums, 'chats'>): number | undefined {
  const soon = firstAnswer.items.filter(({ untilMs }) => untilMs !== null && untilMs <= SOON_MS).reduce((sum, one) => sum + one.chats, 0);
  return shareOf(soon, chats);
}

/** The chats of the days together, and what changed. */
export function Figures({ found }: { readonly found: Found }) {
  const { total } = found.days;
  const before = found.before?.total;
  const unanswered = shareOf(total.chats - total.answered, total.chats);
  const rated = found.ratings?.items.reduce((sum, { chats }) => sum + chats, 0) ?? 0;
  const stars = found.ratings?.items.reduce((sum, { rating, chats }) => sum + rating * chats, 0) ?? 0;
  return (
    <dl class="figures-strip reports-figures">
      <Figure name={t('chats')} value={number(total.chats)} change={inPercent(total.chats, before?.chats)} />
      <Figure
        name={t('notAnsweredShare')}
        value={percentOrNone(unanswered)}
        change={inPoints(unanswered, before && shareOf(before.chats - before.answered, before.chats))}
      />
      {found.spreads === undefined ? (
        <Figure name={t('firstAnswerAverage')} value={lasted(total.averageFirstResponseMs)} change={inTime(total.averageFirstResponseMs, before?.averageFirstResponseMs)} />
      ) : (
        <>
          <Figure name={t('firstAnswerMedian')} value={betweenName(found.spreads.firstAnswer.median)} note={averageOf(total.averageFirstResponseMs)} />
          <Figure
            name={t('answeredWithin', { time: shortly(SOON_MS) })}
            value={percentOrNone(soonShare(found.spreads, total))}
            change={morePoints(soonShare(found.spreads, total), found.spreadsBefore && before && soonShare(found.spreadsBefore, before))}
          />
        </>
      )}
      <Figure name={t('eachAnswerAverage')} value={lasted(total.averageResponseMs)} change={inTime(total.averageResponseMs, before?.averageResponseMs)} />
      {found.spreads === undefined ? (
        <Figure name={t('chatAverage')} value={lasted(total.averageDurationMs)} change={inTime(total.averageDurationMs, before?.averageDurationMs)} />
      ) : (
        <Figure name={t('chatMedian')} value={betweenName(found.spreads.duration.median)} note={averageOf(total.averageDurationMs)} />
      )}
      {found.ratings === undefined ? null : (
        <Figure
          name={t('rating')}
          value={rated === 0 ? '–' : number(Math.round((10 * stars) / rated) / 10)}
          note={t('sharedRated', { share: percent(shareOf(rated, found.ratings.chats) ?? 0) })}
        />
      )}
    </dl>
  );
}
