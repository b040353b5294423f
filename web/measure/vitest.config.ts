// Figures are taken with what the tests have. They say nothing about right and wrong, so they are no
// tests and have a configuration of their own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['measure/**/*.measure.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
