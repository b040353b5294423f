// The real-time half of the contract, for one chat that is listened to for as long as it runs.
import { type Frame, Line } from '../../../shared/line.ts';
import { SERVER } from './rest.ts';

export interface Pushes {
  /** Something happened on a stream. */
  readonly told: (stream: string, event: string, args: readonly unknown[]) => void;
  /** Everything is listened to: what happened before this has to be read. */
  readonly listening: () => void;
  readonly lost: () => void;
}

export interface Socket {
  readonly line: Line;
  /** Says something that nobody has to hear: without a connection it is not said. */
  call(method: string, params: readonly unknown[]): void;
}

export function open(
  topics: readonly (readonly [stream: string, event: string])[],
  token: string,
  { told, listening, lost }: Pushes,
): Socket {
  const awaited = new Set<string>();
  let calls = 0;

  const call: Socket['call'] = (method, params) => {
    if (line.isOpen) {
      calls += 1;
      line.send({ msg: 'method', id: `m${calls}`, method, params });
    }
  };

  const greeted = (): void => {
    call('livechat:setUpConnection', [{ token }]);
    const shown = { token, visitorToken: token };
    for (const [index, [name, event]] of topics.entries()) {
      const id = `s${index}`;
      awaited.add(id);
      line.send({ msg: 'sub', id, name, params: [event, { useCollection: false, args: [shown] }] });
    }
  };

  const heard = ({ msg, subs, id = '', collection = '', fields }: Frame): void => {
    if (msg === 'changed' && fields !== undefined) {
      told(collection, fields.eventName, fields.args);
    }
    const before = awaited.size;
    if (msg === 'ready') {
      subs?.forEach((one) => awaited.delete(one));
    } else if (msg === 'nosub') {
      // Also an answer: what one may not hear any more, reading the chat explains.
      awaited.delete(id);
    }
    if (before > 0 && awaited.size === 0) {
      line.serves();
      listening();
    }
  };

  const line = new Line(SERVER, { greeted, heard, lost });
  return { line, call };
}
