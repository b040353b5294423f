// Tells the other side how far the visitor has read: up to what is on the screen while the window has the
// focus. Now and then, not for each message.
import { memory, token } from '../memory.ts';
import { post } from '../wire/rest.ts';
import { looks as isThere, messages } from './messages.ts';

const WAIT_MS = 2000;

let told = '';
let timer: ReturnType<typeof setTimeout> | undefined;

const looks = () => isThere() && document.hasFocus();

/** The end of the conversation may be on the screen. `isAtEnd` says whether it still is when it is told. */
export function reads(isAtEnd: () => boolean): void {
  if (timer === undefined && looks() && isAtEnd() && messages.peek().at(-1)?._id !== told) {
    timer = setTimeout(() => {
      timer = undefined;
      tell(isAtEnd);
    }, WAIT_MS);
  }
}

function tell(isAtEnd: () => boolean): void {
  const last = messages.peek().at(-1)?._id;
  const { rid } = memory.peek();
  if (!looks() || !isAtEnd() || last === undefined || last === told || rid === undefined) {
    return;
  }
  told = last;
  // With the next message it is told anew.
  post('widget/read', { token: token(), rid, message: last }, 'hark/v1').catch(() => undefined);
}
