import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Each has a browser, which takes a core for itself, and which it keeps from one file to the next.
    maxWorkers: availableParallelism(),
    isolate: false,
    setupFiles: ['tests/worker.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
