import type { Need } from './endpoint-health.ts';

/** Why it is so, behind what an endpoint needs. */
export function NeedReason({ need: { reason, more } }: { readonly need: Need }) {
  return reason === null && more === '' ? null : (
    <>
      {': '}
      {reason === null ? null : <span lang="en">{reason}</span>}
      {reason === null || more === '' ? '' : '. '}
      {more}
    </>
  );
}
