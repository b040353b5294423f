// The published clients for Node, and an agent's line to the server by one of them.

import {
  DDPSDK,
  LivechatClientImpl,
  type StreamKeys,
  type StreamNames,
} from '@rocket.chat/ddp-client';
import { WebSocket } from 'ws';

import type { Agent, Desk } from './desk.ts';

// They take the browser's; not every Node that we run on has one.
Object.assign(globalThis, { WebSocket });

export { DDPSDK, LivechatClientImpl };

/** They come back as often as a test may end the server, and soon. */
export const RETRY = { retryCount: 100, retryTime: 100 };

/** An agent's client, logged in by the token that REST gave him. */
export async function connect(desk: Desk, agent: Agent): Promise<DDPSDK> {
  const line = await DDPSDK.createAndConnect(desk.url, RETRY);
  await line.account.loginWithToken(agent.caller.token);
  return line;
}

/** Collects what comes on a stream from the moment on in which the server has agreed. */
export async function heard<Stream extends StreamNames>(
  line: DDPSDK,
  stream: Stream,
  event: StreamKeys<Stream>,
): Promise<unknown[][]> {
  const told: unknown[][] = [];
  await line.stream(stream, event, (...args: unknown[]) => told.push(args)).ready();
  return told;
}
