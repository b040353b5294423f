// Tells the other side that the visitor writes: now and then, not for each key.
import { memory, token } from '../memory.ts';
import { sayTyping, sayUnfinished } from './live.ts';
import { config, isRunning } from './state.ts';

const AGAIN_MS = 4500;
const STOPPED_MS = 5000;
const DRAFT_MS = 1000;

let said = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function say(isTyping: boolean): void {
  const { rid } = memory.peek();
  if (rid !== undefined && isRunning.peek()) {
    sayTyping(rid, token(), isTyping);
  }
}

export function writes(): void {
  clearTimeout(timer);
  timer = setTimeout(stops, STOPPED_MS);
  if (Date.now() - said > AGAIN_MS) {
    said = Date.now();
    say(true);
  }
}

let words = '';
let pending: ReturnType<typeof setTimeout> | undefined;

/** What is written and not sent, where the visitor has consented to it: at most once a second. */
export function drafts(text: string): void {
  if (config.peek()?.messages.unfinishedWordsConsentText === undefined) {
    return;
  }
  words = text;
  pending ??= setTimeout(() => {
    pending = undefined;
    const { rid } = memory.peek();
    if (rid !== undefined && isRunning.peek()) {
      sayUnfinished(rid, token(), words);
    }
  }, DRAFT_MS);
}

export function stops(): void {
  clearTimeout(timer);
  if (said > 0) {
    said = 0;
    say(false);
  }
}
