// What goes out on the socket, no faster than the server takes it: it closes one that says too much at once. Who goes through
// many chats quickly begins to listen to each and ends it again, and of those that they have left already nothing is said.

/** The server takes 300 in a row and 30 a second; the rest is for signs of life. */
const AT_ONCE = 240;
const EACH_SECOND = 25;

interface Waiting {
  /** The subscription that it begins, if it begins one. */
  readonly begins: string | undefined;
  readonly frame: object;
}

export class Outgoing {
  readonly #send: (frame: object) => void;
  #left = AT_ONCE;
  #at = Date.now();
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (frame: object) => void) {
    this.#send = send;
  }

  say(frame: object, begins?: string): void {
    this.#waiting.push({ begins, frame });
    this.#go();
  }

  /** Whether a subscription has not gone out yet. Then it never does. */
  takeBack(id: string): boolean {
    const many = this.#waiting.length;
    this.#waiting = this.#waiting.filter(({ begins }) => begins !== id);
    return this.#waiting.length < many;
  }

  /** The connection is another one, which knows of nothing. */
  begin(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#left = AT_ONCE;
  }

  #allowance(): number {
    const now = Date.now();
    this.#left = Math.min(AT_ONCE, this.#left + (Math.max(0, now - this.#at) / 1000) * EACH_SECOND);
    this.#at = now;
    return this.#left;
  }

  readonly #go = (): void => {
    clearTimeout(this.#timer);
    let left = this.#allowance();
    while (left >= 1 && this.#waiting.length > 0) {
      left -= 1;
      this.#send(this.#waiting.shift()?.frame ?? {});
    }
    this.#left = left;
    if (this.#waiting.length > 0) {
      this.#timer = setTimeout(this.#go, 1000 / EACH_SECOND);
    }
  };
}
