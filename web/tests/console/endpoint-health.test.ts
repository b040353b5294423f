// What is said of an endpoint, by what the API says of it.
import { signal } from '@preact/signals';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import type { Known } from '../../console/live/endpoints.ts';

vi.mock('../../console/live/endpoints.ts', () => ({ pausers: signal(new Map()) }));

beforeAll(() => {
  vi.stubGlobal('localStorage', { getItem: () => null });
  vi.stubGlobal('document', { documentElement: {} });
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
});

afterAll(() => {
  vi.unstubAllGlobals();
});

const known = (error: string, reason: string, givenUp = 0): Known =>
  ({
    endpoint: { id: 'one', url: 'https://one.example', state: 'active', stateSince: null, reason: null, complaint: null, trouble: { error, reason, since: '2026-12-02T10:24:00Z' } },
    stats: { givenUp, failingSince: null, lastSuccessAt: null },
  }) as unknown as Known;

test('what fails is said by its class and status, apart from the words of the server', async () => {
  const { speakOf } = await import('../../console/texts.ts');
  await speakOf('webhooks');
  const { markOf, needOf } = await import('../../console/parts/endpoint-health.ts');
  expect(needOf(known('status', 'it answered with status 503', 14))).toMatchObject({ answer: '503 Service Unavailable', why: ['14 given up'], detail: '', isFault: true });
  expect(needOf(known('dns', 'the name cannot be resolved: one.example: not known'))).toMatchObject({ answer: '', why: ['unknown host'], detail: 'one.example: not known' });
  // Who asks for patience gets it, as long as nothing is lost.
  const slow = known('status', 'it answered with status 429');
  expect(needOf(slow)).toMatchObject({ what: 'Slowed down.', answer: '429 Too Many Requests', isFault: false, isSlow: true });
  expect(markOf(slow)).toEqual(['slowed', 'Slowed down']);
  expect(needOf(known('status', 'it answered with status 429', 1))).toMatchObject({ why: ['1 given up'], isFault: true });
});
