import type { Counts } from '../../live/crm.ts';
import { number } from '../../texts.ts';

/** How many events of a kind there were in a day; at least so many, if not all were counted. */
export function DayCount({ of, kind }: { readonly of: Counts | undefined; readonly kind: string }) {
  if (of === undefined) {
    return null;
  }
  const many = number(of.kinds[kind] ?? 0);
  return <span class="tally num">{of.whole ? many : `${many}+`}</span>;
}
