// The real-time half of the contract: DDP over a WebSocket. One chat is listened to; a connection
// that is lost comes back by itself, for as long as the chat runs.
import { SERVER } from './rest.ts';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** The server is silent for at most this long while it lives; asked after half of it. */
const SILENCE_MS = 50_000;

export interface Pushes {
  /** Something happened on a stream. */
  told(stream: string, event: string, args: readonly unknown[]): void;
  /** Everything is listened to: what happened before this has to be read. */
  listening(): void;
  lost(): void;
}

interface Frame {
  readonly msg?: string;
  readonly id?: string;
  readonly subs?: readonly string[];
  readonly collection?: string;
  readonly fields?: { readonly eventName: string; readonly args: readonly unknown[] };
}

export class Socket {
  readonly #topics: readonly (readonly [stream: string, event: string])[];
  readonly #token: string;
  readonly #pushes: Pushes;
  #socket: WebSocket | undefined;
  #awaited = new Set<string>();
  #failures = 0;
  #calls = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    topics: readonly (readonly [stream: string, event: string])[],
    token: string,
    pushes: Pushes,
  ) {
    this.#topics = topics;
    this.#token = token;
    this.#pushes = pushes;
    addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
    this.#open();
  }

  close(): void {
    this.#closed = true;
    removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  /** Says something that nobody has to hear: without a connection it is not said. */
  call(method: string, params: readonly unknown[]): void {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#calls += 1;
      this.#send({ msg: 'method', id: `m${this.#calls}`, method, params });
    }
  }

  #open(): void {
    const socket = new WebSocket(`${SERVER.replace(/^http/, 'ws')}websocket`);
    this.#socket = socket;
    this.#watch();
    socket.addEventListener('open', () => {
      this.#send({ msg: 'connect', version: '1', support: ['1'] });
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (socket === this.#socket && typeof event.data === 'string') {
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
    switch (frame.msg) {
      case 'ping':
        this.#send({ msg: 'pong', ...(frame.id === undefined ? {} : { id: frame.id }) });
        break;
      case 'connected':
        this.#listen();
        break;
      case 'ready':
        this.#answered(frame.subs ?? []);
        break;
      case 'nosub':
        // Also an answer: what one may not hear any more, reading the chat explains.
        this.#answered([frame.id ?? '']);
        break;
      case 'changed':
        if (frame.fields !== undefined) {
          this.#pushes.told(frame.collection ?? '', frame.fields.eventName, frame.fields.args);
        }
        break;
      case undefined:
      default:
    }
  }

  #listen(): void {
    this.call('livechat:setUpConnection', [{ token: this.#token }]);
    this.#awaited = new Set(this.#topics.map((_, index) => `s${index}`));
    const shown = { token: this.#token, visitorToken: this.#token };
    for (const [index, [name, event]] of this.#topics.entries()) {
      const params = [event, { useCollection: false, args: [shown] }];
      this.#send({ msg: 'sub', id: `s${index}`, name, params });
    }
  }

  #answered(ids: readonly string[]): void {
    if (this.#awaited.size === 0) {
      return;
    }
    for (const id of ids) {
      this.#awaited.delete(id);
    }
    if (this.#awaited.size === 0) {
      this.#failures = 0;
      this.#pushes.listening();
    }
  }

  #send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** A connection that says nothing, even when asked, is gone without having told us. */
  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#socket?.readyState === WebSocket.OPEN) {
        this.#send({ msg: 'ping' });
      }
      this.#timer = setTimeout(() => this.#drop(), SILENCE_MS / 2);
    }, SILENCE_MS / 2);
  }

  /** Does not wait until the browser has given up on a connection that is dead. */
  #drop(): void {
    this.#socket?.close();
    this.#retry();
  }

  #retry(): void {
    this.#socket = undefined;
    clearTimeout(this.#timer);
    if (this.#closed) {
      return;
    }
    this.#pushes.lost();
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    // Not everybody at the same moment when a server comes back.
    this.#timer = setTimeout(() => this.#open(), pause * (0.5 + Math.random() / 2));
  }

  /** The network is back, or somebody looks: now, not after the pause. */
  readonly #hurry = (): void => {
    if (document.visibilityState !== 'visible') {
      return;
    }
    if (this.#socket === undefined) {
      clearTimeout(this.#timer);
      this.#open();
    } else if (this.#socket.readyState === WebSocket.OPEN) {
      // After a sleep a connection may look open and be dead: an answer is awaited only shortly.
      this.#send({ msg: 'ping' });
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#drop(), 5000);
    }
  };
}
