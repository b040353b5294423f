import { NotRead } from './NotRead.tsx';
import type { Reading } from './reading.ts';
import { Skeleton } from './Skeleton.tsx';

interface Props {
  readonly title: string;
  readonly reading: Reading<unknown>;
}

/** A page before what it shows is there, or where that cannot be read. */
export function UnreadPage({ title, reading: { error, again } }: Props) {
  return (
    <main id="main" tabIndex={-1} class="page" aria-busy={error === undefined}>
      <header class="page-head">
        <h1>{title}</h1>
      </header>
      {error === undefined ? <Skeleton rows={8} /> : <NotRead error={error} again={() => void again()} />}
    </main>
  );
}
