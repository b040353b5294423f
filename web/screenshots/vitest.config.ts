// Pictures are taken with what the tests have: a server, a browser, and a runner for TypeScript.
// They write into docs/, so they are no tests and have a configuration of their own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['screenshots/**/*.shots.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
