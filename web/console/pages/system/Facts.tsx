import { millis } from '../../api/documents.ts';
import { duration } from '../../texts.ts';

export type Fact = readonly [name: string, value: string, note?: string | undefined];

/** What is known, each with its name. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="he-facts">
      {facts.map(([name, value, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="num">
            <bdi>{value}</bdi>
            {note === undefined ? null : <bdi class="meta">{note}</bdi>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** How long ago a moment was. */
export const sinceOf = (at: string | null): string => (at === null ? '–' : duration(Date.now() - millis(at)));
