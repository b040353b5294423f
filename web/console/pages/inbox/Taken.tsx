import './taken.css';

import { useEffect } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import { followTaken, taken } from '../../live/taken.ts';
import { duration, number, t, time } from '../../texts.ts';

/** Who was the last one in the queue. */
export function LastTaken() {
  useEffect(followTaken, []);
  const last = taken.value?.last;
  if (last === undefined || last === null) {
    return null;
  }
  const { name, agent } = last;
  const values = { name, time: time(millis(last.at)), wait: duration(last.waitedMs) };
  return <p>{agent === null ? t('lastTaken', values) : t('lastTakenBy', { ...values, agent })}</p>;
}

/** How it went in the last hour, and who is there. */
export function TakenFigures() {
  useEffect(followTaken, []);
  const known = taken.value;
  if (known === undefined) {
    return null;
  }
  const { chats, own, medianFirstResponseMs: median, available, agents, freeSlots } = known;
  return (
    <dl class="taken">
      <Figure name={t('takenInHour')} value={number(chats)} more={t('takenByYou', { count: number(own) })} />
      {median === null ? null : <Figure name={t('firstAnswerMedian')} value={duration(median)} />}
      <Figure
        name={t('availableNow')}
        value={t('partOf', { some: number(available), all: number(agents) })}
        more={freeSlots === null ? undefined : t('freeSlotsAre', { count: number(freeSlots) })}
      />
    </dl>
  );
}

function Figure({ name, value, more }: { readonly name: string; readonly value: string; readonly more?: string | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="num">{value}</dd>
      {more === undefined ? null : <dd class="meta">{more}</dd>}
    </div>
  );
}
