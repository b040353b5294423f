// The pages of the site at which the visitor looks: his agents see them.
import type { PageView } from '../../shared/protocol.ts';
import { memory, token } from '../memory.ts';
import { post } from '../wire/rest.ts';
import { config, ended } from './state.ts';

/** What is told of the pages that led to a chat. */
const MOST_PAGES = 5;
const MOST_KEPT = 10;

let trail: readonly PageView[] = [];

export const lastPage = (): string | undefined => trail.at(-1)?.location.href;

/** The visitor has gone to another page of the site. */
export function visit(view: PageView): void {
  trail = [...trail, view].slice(-MOST_KEPT);
  const { rid } = memory.peek();
  if (rid !== undefined && !ended.peek()) {
    tellPage(rid, view);
  }
}

/** Where he was before the chat began. */
export function tellTrail(rid: string): void {
  const kind = config.peek()?.settings.historyMonitorType;
  const pages = trail.filter((view) => view.change === kind).slice(-MOST_PAGES);
  for (const view of pages) {
    tellPage(rid, view);
  }
}

/** One after the other: agents see them in the order in which they were told. */
let told: Promise<unknown> = Promise.resolve();

function tellPage(rid: string, view: PageView): void {
  if (view.change === config.peek()?.settings.historyMonitorType) {
    const tell = () => post('livechat/page.visited', { token: token(), rid, pageInfo: view });
    // A page that is not told is missing in the agent's list and nowhere else.
    told = told.then(tell).catch(() => undefined);
  }
}
