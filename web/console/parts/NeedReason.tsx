import type { Need } from './endpoint-health.ts';

interface Props {
  readonly need: Need;
  /** Where there is one line, it is without the words of the server. */
  readonly isShort?: boolean;
}

/** Why it is so, behind what an endpoint needs. */
export function NeedReason({ need: { answer = '', why = [], detail = '', more = '' }, isShort = false }: Props) {
  const words = why.join(', ');
  const isExplained = answer !== '' || words !== '';
  const said = isShort && isExplained ? '' : detail;
  const own = <bdi dir="ltr" lang="en">{said}</bdi>;
  return isExplained || said !== '' || more !== '' ? (
    <>
      {': '}
      {answer === '' ? null : <bdi dir="ltr">{answer}</bdi>}
      {answer === '' || words === '' ? '' : ', '}
      {words}
      {said === '' ? null : isExplained ? <> ({own})</> : own}
      {more === '' || (!isExplained && said === '') ? '' : '. '}
      {more}
    </>
  ) : null;
}
