// The real-time half of the contract, for one chat that is listened to for as long as it runs.
import { type Frame, Line } from '../../../shared/line.ts';
import { SERVER } from './rest.ts';

export interface Pushes {
  /** Something happened on a stream. */
  told(stream: string, event: string, args: readonly unknown[]): void;
  /** Everything is listened to: what happened before this has to be read. */
  listening(): void;
  lost(): void;
}

export class Socket {
  readonly #topics: readonly (readonly [stream: string, event: string])[];
  readonly #token: string;
  readonly #pushes: Pushes;
  readonly #line: Line;
  #awaited = new Set<string>();
  #calls = 0;

  constructor(
    topics: readonly (readonly [stream: string, event: string])[],
    token: string,
    pushes: Pushes,
  ) {
    this.#topics = topics;
    this.#token = token;
    this.#pushes = pushes;
    this.#line = new Line(SERVER, {
      greeted: () => this.#listen(),
      heard: (frame) => this.#heard(frame),
      lost: () => pushes.lost(),
    });
  }

  close(): void {
    this.#line.close();
  }

  /** Says something that nobody has to hear: without a connection it is not said. */
  call(method: string, params: readonly unknown[]): void {
    if (this.#line.isOpen) {
      this.#calls += 1;
      this.#line.send({ msg: 'method', id: `m${this.#calls}`, method, params });
    }
  }

  #heard(frame: Frame): void {
    switch (frame.msg) {
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
      this.#line.send({ msg: 'sub', id: `s${index}`, name, params });
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
      this.#line.serves();
      this.#pushes.listening();
    }
  }
}
