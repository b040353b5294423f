import '../../parts/figures.css';

import type { ComponentChildren } from 'preact';

import { millis } from '../../api/documents.ts';
import { lasted } from '../../days.ts';
import type { Now } from '../../live/figures.ts';
import { Icon } from '../../parts/Icon.tsx';
import { duration, number, t } from '../../texts.ts';
import type { Day } from './reading.ts';
import { isOnline, slotsOf } from './shown.ts';

/** One decimal: what 1 to 5 is on average. */
export function averageRating(items: readonly { readonly rating: number; readonly chats: number }[]): number | undefined {
  const rated = items.reduce((sum, { chats }) => sum + chats, 0);
  return rated === 0 ? undefined : Math.round((10 * items.reduce((sum, { rating, chats }) => sum + rating * chats, 0)) / rated) / 10;
}

/** The numbers at the top. */
export function Figures({ now, day }: { readonly now: Now; readonly day: Day | undefined }) {
  const at = millis(now.at);
  const isLate = now.queue.some(({ due }) => due !== null && millis(due) < at);
  const slots = slotsOf(now);
  const before = day?.yesterday.total.averageFirstResponseMs ?? null;
  const ratings = day?.ratings;
  const rating = ratings && averageRating(ratings.items);
  return (
    <dl class="figures-strip monitor-figures">
      <One name={t('waitingNow')} value={number(now.queued)} />
      <One name={t('longestWait')} value={lasted(now.longestWaitMs)}>
        {isLate ? (
          <small class="fault">
            <Icon name="alert" size={13} />
            {t('overTarget')}
          </small>
        ) : null}
      </One>
      <One name={t('openChats')} value={number(now.served)}>
        {now.held === 0 ? null : <small>{t('onHoldCount', { count: number(now.held) })}</small>}
      </One>
      <One name={t('agentsAreThere')} value={number(now.agents.filter(isOnline).length)}>
        <small>{t('ofAll', { all: number(now.agents.length) })}</small>
      </One>
      {slots === undefined ? null : (
        <One name={t('freeSlots')} value={number(slots.free)}>
          <small>{t('ofAll', { all: number(slots.all) })}</small>
        </One>
      )}
      <One name={t('firstAnswerTodayAverage')} value={day === undefined ? '…' : lasted(day.hours.total.averageFirstResponseMs)}>
        {before === null ? null : <small>{t('yesterdayIt', { time: duration(before) })}</small>}
      </One>
      {ratings === undefined ? null : (
        <One name={t('ratingToday')} value={rating === undefined ? '–' : number(rating)}>
          <small>
            {t('partOf', { some: number(ratings.items.reduce((sum, { chats }) => sum + chats, 0)), all: number(ratings.chats) })}
          </small>
        </One>
      )}
    </dl>
  );
}

function One({ name, value, children }: { readonly name: string; readonly value: string; readonly children?: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {children}
      </dd>
    </div>
  );
}
