import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // They wait for a browser more than they compute.
    maxWorkers: availableParallelism() + 1,
    // For a machine under load: a test ends as soon as it has what it waits for.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
