// A server that has Hark below a path of its own.

import { createServer, request as ask } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

export const PATH = '/help/chat/';

export interface Proxy {
  /** Hark's root, as browsers see it. */
  readonly url: string;
  /** Whether sockets may pass; those that there are end with it. */
  passSockets(may: boolean): void;
  close(): Promise<void>;
}

/** Everything below the path goes to Hark without it; there is nothing else. */
export async function proxy(hark: string): Promise<Proxy> {
  const { hostname, port } = new URL(hark);
  const inside = (url = '/') => (url.startsWith(PATH) ? url.slice(PATH.length - 1) : undefined);
  const server = createServer((request, response) => {
    const path = inside(request.url);
    if (path === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { method, headers } = request;
    const onward = ask({ hostname, port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  let mayPass = true;
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, near) => {
    if (!mayPass) {
      near.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.add(near);
    near.on('close', () => sockets.delete(near));
    const far = connect(Number(port), hostname, () => {
      const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}`);
      far.write(`GET ${inside(request.url) ?? '/nowhere'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      near.pipe(far).pipe(near);
    });
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    passSockets(may) {
      mayPass = may;
      if (!may) {
        sockets.forEach((socket) => socket.destroy());
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
    },
  };
}
