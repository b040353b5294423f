// A connection for the real-time API (DDP over a WebSocket) that comes back by itself when it is lost.

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** The server is silent for at most this long while it lives; asked after half of it. */
export const SILENCE_MS = 50_000;
/** How long it may take to answer after a sleep, and where something else has failed. */
const DOUBT_MS = 3000;

export interface Frame {
  readonly msg?: string;
  readonly id?: string;
  readonly subs?: readonly string[];
  readonly methods?: readonly string[];
  readonly collection?: string;
  readonly fields?: { readonly eventName: string; readonly args: readonly unknown[] };
  readonly result?: unknown;
  readonly error?: { readonly error?: unknown; readonly reason?: string };
}

export interface Ends {
  /** The server has greeted: now it can be told what is wanted. */
  greeted(): void;
  heard(frame: Frame): void;
  lost(): void;
}

export class Line {
  readonly #url: string;
  readonly #ends: Ends;
  #socket: WebSocket | undefined;
  #failures = 0;
  /** When it has said something last: after a sleep one that is dead looks as if it were open. */
  heardAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #end = new AbortController();

  constructor(server: string, ends: Ends) {
    this.#url = `${server.replace(/^http/, 'ws')}websocket`;
    this.#ends = ends;
    const { signal } = this.#end;
    addEventListener('online', this.hurry, { signal });
    addEventListener('offline', () => this.#drop(), { signal });
    document.addEventListener('visibilitychange', this.hurry, { signal });
    this.#open();
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** It serves: after the next loss it comes back at once. */
  serves(): void {
    this.#failures = 0;
  }

  close(): void {
    this.#end.abort();
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  /** The network is back, or somebody looks: now, not after the pause. */
  readonly hurry = (): void => {
    if (document.visibilityState !== 'visible') {
      return;
    }
    if (this.#socket === undefined) {
      clearTimeout(this.#timer);
      this.#open();
    } else {
      // After a sleep a connection may look open and be dead.
      this.doubt();
    }
  };

  /** What was asked in another way did not get through. One that is still made has its time. */
  doubt(): void {
    if (this.isOpen) {
      this.#ask(DOUBT_MS);
    }
  }

  /** Drops it unless something is heard until then. */
  #ask(patience: number): void {
    const socket = this.#socket;
    const at = Date.now();
    if (this.isOpen) {
      this.send({ msg: 'ping' });
    }
    setTimeout(() => {
      if (socket === this.#socket && this.heardAt < at) {
        this.#drop();
      }
    }, patience);
  }

  #open(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#watch();
    socket.addEventListener('open', () => {
      this.send({ msg: 'connect', version: '1', support: ['1'] });
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (socket === this.#socket && typeof event.data === 'string') {
        this.heardAt = Date.now();
        this.#watch();
        this.#heard(JSON.parse(event.data) as Frame);
      }
    });
    socket.addEventListener('close', () => {
      if (socket === this.#socket) {
        this.#retry();
      }
    });
  }

  #heard(frame: Frame): void {
    if (frame.msg === 'ping') {
      this.send({ msg: 'pong', id: frame.id });
    } else if (frame.msg === 'connected') {
      this.#ends.greeted();
    } else {
      this.#ends.heard(frame);
    }
  }

  /** A connection that says nothing, even when asked, is gone without having told us. */
  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(SILENCE_MS / 2), SILENCE_MS / 2);
  }

  /** Does not wait until the browser has given up on a connection that is dead. */
  #drop(): void {
    if (this.#socket !== undefined) {
      this.#socket.close();
      this.#retry();
    }
  }

  #retry(): void {
    this.#socket = undefined;
    clearTimeout(this.#timer);
    if (this.#end.signal.aborted) {
      return;
    }
    this.#ends.lost();
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    // Not everybody at the same moment when a server comes back.
    this.#timer = setTimeout(() => this.#open(), pause * (0.5 + Math.random() / 2));
  }
}
