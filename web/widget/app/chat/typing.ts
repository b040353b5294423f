// Tells the other side that the visitor writes: now and then, not for each key.
import { memory, token } from '../memory.ts';
import { sayTyping } from './live.ts';
import { isRunning } from './state.ts';

const AGAIN_MS = 4500;
const STOPPED_MS = 5000;

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

export function stops(): void {
  clearTimeout(timer);
  if (said > 0) {
    said = 0;
    say(false);
  }
}
