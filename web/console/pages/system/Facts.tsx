import { millis } from '../../api/documents.ts';
import { duration } from '../../texts.ts';

export type Fact = readonly [name: string, value: string];

/** What is known, each with its name. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="he-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="num">
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** How long ago a moment was. */
export const sinceOf = (at: string | null): string => (at === null ? '–' : duration(Date.now() - millis(at)));
