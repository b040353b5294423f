// The published clients for Node, and an agent's line to the server by one of them.

import { DDPSDK, type StreamKeys, type StreamNames } from '@rocket.chat/ddp-client';
import { WebSocket } from 'ws';

import type { Agent, Desk } from '../desk.ts';

/** As in a browser: a connection that fails is closed, and throws nothing at nobody. */
class BrowserSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    this.addEventListener('error', () => undefined);
  }
}

// The clients take the browser's; not every Node that we run on has one.
Object.assign(globalThis, { WebSocket: BrowserSocket });

/** The ddp-client of today, and the one with which Rocket.Chat 6.14 was built. */
export const DDP_CLIENTS = ['@rocket.chat/ddp-client', 'ddp-client-of-6.14'];

export type DdpClient = typeof import('@rocket.chat/ddp-client');

/** For those who use them they are the same. */
export async function load(name: string): Promise<DdpClient> {
  return import(name);
}

export type Line = DDPSDK;

/** For a client that comes back soon, however long it takes. It keeps its timer in here too. */
export function retry(): { retryCount: number; retryTime: number } {
  return { retryCount: 1_000, retryTime: 100 };
}

/** An agent's client, logged in by the token that REST gave him. */
export async function connect(desk: Desk, agent: Agent, client = DDPSDK): Promise<Line> {
  const line = await client.createAndConnect(desk.url, retry());
  await line.account.loginWithToken(agent.caller.token);
  return line;
}

/** Collects what comes on a stream from the moment on in which the server has agreed. */
export async function heard<Stream extends StreamNames>(
  line: Line,
  stream: Stream,
  event: StreamKeys<Stream>,
): Promise<unknown[][]> {
  const told: unknown[][] = [];
  await line.stream(stream, event, (...args: unknown[]) => told.push(args)).ready();
  return told;
}
