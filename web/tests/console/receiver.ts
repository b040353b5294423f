// A receiver of webhooks that answers as a test wants it to: well, badly, slowly, or not at all.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Got {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they came. */
  readonly body: string;
}

type Answering = (got: Got, response: ServerResponse, request: IncomingMessage) => void;

const well: Answering = (_, response) => {
  response.writeHead(200).end();
};

export class Receiver {
  readonly #server: Server;
  readonly got: Got[] = [];
  /** By the path that is asked; others are answered well. */
  readonly answers = new Map<string, Answering>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => receiver.#take(request, response));
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    });
    return receiver;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const got = { path: request.url ?? '/', headers, body: Buffer.concat(pieces).toString() };
      this.got.push(got);
      (this.answers.get(got.path) ?? well)(got, response, request);
    });
  }

  answer(path: string, status: number, headers: Readonly<Record<string, string>> = {}, body = ''): void {
    this.answers.set(path, (_, response) => {
      response.writeHead(status, headers).end(body);
    });
  }

  /** Nothing at all, until it is given up. */
  hang(path: string): void {
    this.answers.set(path, () => undefined);
  }

  /** The connection ends before there is an answer. */
  reset(path: string): void {
    this.answers.set(path, (_, __, request) => {
      request.socket.resetAndDestroy();
    });
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  of(path: string): Got[] {
    return this.got.filter((one) => one.path === path);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
