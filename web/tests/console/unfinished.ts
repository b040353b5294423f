// What a visitor writes and does not send, as their widget says it over its socket.
import type { Page } from 'playwright-core';

import type { Desk } from '../desk.ts';
import type { Guest } from './console.ts';

/** From any page that may talk to the server. */
export async function writeAs(desk: Desk, page: Page, visitor: Guest, words: string): Promise<void> {
  await page.evaluate(
    async ([url, rid, token, text]) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`);
      const say = (frame: object): void => socket.send(JSON.stringify(frame));
      await new Promise<void>((done, failed) => {
        socket.addEventListener('open', () => say({ msg: 'connect', version: '1', support: ['1'] }));
        socket.addEventListener('message', ({ data }) => {
          const frame = JSON.parse(String(data)) as { msg?: string; error?: unknown };
          if (frame.msg === 'connected') {
            say({ msg: 'method', id: '1', method: 'stream-hark-conversation', params: [`${rid}/unfinished`, text, { token }] });
          } else if (frame.msg === 'result' && frame.error === undefined) {
            done();
          } else if (frame.msg === 'result') {
            failed(new Error(JSON.stringify(frame.error)));
          }
        });
      });
      socket.close();
    },
    [desk.url, visitor.rid, visitor.token, words] as const,
  );
}
