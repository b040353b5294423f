// The agent who answers in the tests of a file.

import { beforeAll } from 'vitest';

import type { Agent } from './desk.ts';
import { desk } from './fixture.ts';

export let amy: Agent;

beforeAll(async () => {
  amy = await desk.agent('amy', 'Amy Winter');
});
