// Where a visitor goes on who uses the keyboard, or hears what others see.
import { wholeScreen } from '../chat/state.ts';

/** Where the screen begins: its first field or its heading, else the name of it all. What is still to
 * come is waited for. */
export function enter(): void {
  // A phone would cover half of the screen with its keyboard before the visitor has read anything.
  const fields = wholeScreen.peek() ? '' : ', .form :is(input, select, textarea), .composer textarea';
  const begins = document.querySelector<HTMLElement>(`main :is(.loading, h2[tabindex]${fields})`);
  (begins ?? document.querySelector('h1'))?.focus();
}

/** Whoever was in something that vanishes goes on where the screen begins, not nowhere. */
export function keepFocus(inside: Node): () => void {
  let last: EventTarget | null = null;
  const follow = ({ target }: FocusEvent) => {
    last = target;
  };
  const watcher = new MutationObserver(() => {
    if (last instanceof Node && !last.isConnected) {
      last = null;
      if (document.activeElement === document.body && document.hasFocus()) {
        enter();
      }
    }
  });
  addEventListener('focusin', follow);
  watcher.observe(inside, { childList: true, subtree: true });
  return () => {
    removeEventListener('focusin', follow);
    watcher.disconnect();
  };
}
