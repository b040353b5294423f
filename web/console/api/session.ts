// Who is logged in here: the same in all tabs of the browser, and kept until the log-out.
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
  const text = localStorage.getItem(KEY);
  return text === null ? undefined : (JSON.parse(text) as Session);
}

export function begin(begun: Session): void {
  localStorage.setItem(KEY, JSON.stringify(begun));
  become(begun);
}

export function end(): void {
  localStorage.removeItem(KEY);
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
  if (event.key === KEY) {
    become(kept());
  }
});
