// What the console takes for granted of the server's answers is what its OpenAPI documents say of them. After a change of the
// API, `npx vitest run console/api --update` takes the new types over, and `npm run check` says what does not fit any more.
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Server, startServer } from '../server.ts';
import { type Document, typesOf } from '../types-of.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server?.stop();
});

test.for([
  ['hark', 'api/hark/v1/openapi.json'],
  ['rocketchat', 'api/hark/v1/rocketchat/openapi.json'],
] as const)('the types of %s are those of its document', async ([name, path]) => {
  const answer = await fetch(`${server.url}${path}`);
  await expect(typesOf((await answer.json()) as Document)).toMatchFileSnapshot(`../../console/api/generated/${name}.ts`);
});
