// The triggers whose moment is seen from the page. What they say, the panel knows.
import type { LauncherConfig } from '../shared/protocol.ts';
import { memory } from './memory.ts';

type Trigger = LauncherConfig['triggers'][number];

const hasGoneOff = new Set<string>();

/** Answers what is to be called whenever the page's address may be another. */
export function arm(
  triggers: readonly Trigger[],
  goesOff: (id: string) => void,
): (href: string) => void {
  const run = ({ id, runOnce }: Trigger) => {
    const { done = [], dismissed = [] } = memory.get();
    if (hasGoneOff.has(id) || (runOnce && done.includes(id)) || dismissed.includes(id)) {
      return;
    }
    hasGoneOff.add(id);
    goesOff(id);
  };
  for (const trigger of triggers) {
    const [condition] = trigger.conditions;
    // What is no number comes never.
    if (condition?.name === 'time-on-site' && Number(condition.value) >= 0) {
      setTimeout(() => run(trigger), Number(condition.value) * 1000);
    }
  }
  return (href) => {
    for (const trigger of triggers) {
      const [condition] = trigger.conditions;
      if (condition?.name === 'page-url' && fits(String(condition.value), href)) {
        run(trigger);
      }
    }
  };
}

function fits(pattern: string, href: string): boolean {
  try {
    return new RegExp(pattern).test(href);
  } catch {
    return false;
  }
}
