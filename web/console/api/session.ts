// Who is logged in here: the same in all tabs of the browser, and kept until the log-out; or, if that was wanted, in
// this tab alone and until it is closed.
import { signal } from '@preact/signals';

const KEY = 'hark.console.session';

export interface Session {
  readonly user: string;
  readonly token: string;
  /** What was given as the name, so that only the password is asked for again. */
  readonly login: string;
}

export const session = signal(kept());
/** The server does not take the token any more. What is on the screen stays until there is another. */
export const expired = signal(false);

function kept(): Session | undefined {
  const text = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
  return text === null ? undefined : (JSON.parse(text) as Session);
}

/** Whether the log-in outlives its tab: it does, unless somebody has said otherwise here. */
export const isKept = (): boolean => sessionStorage.getItem(KEY) === null;

export function begin(begun: Session, stays: boolean): void {
  const text = JSON.stringify(begun);
  if (stays) {
    sessionStorage.removeItem(KEY);
    localStorage.setItem(KEY, text);
  } else {
    sessionStorage.setItem(KEY, text);
  }
  become(begun);
}

export function end(): void {
  const isOfTab = !isKept();
  sessionStorage.removeItem(KEY);
  if (!isOfTab) {
    localStorage.removeItem(KEY);
  }
  become(undefined);
}

/** An answer to an older token says nothing about the present one. */
export function expire(shown: Session): void {
  if (session.peek()?.token === shown.token) {
    expired.value = true;
  }
}

function become(next: Session | undefined): void {
  const before = session.peek();
  session.value = next;
  expired.value = false;
  // Nothing of one person is shown to another.
  if (before !== undefined && before.user !== next?.user) {
    location.reload();
  }
}

/** Another tab has logged in or out. */
addEventListener('storage', (event) => {
  // A log-in of this tab alone is its own.
  if (event.key === KEY && isKept()) {
    become(kept());
  }
});
