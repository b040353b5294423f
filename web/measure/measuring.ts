// What all measurements have in common: a network that is slower than this machine's, the middle of some runs, lines.

import type { CDPSession } from 'playwright-core';

export interface Network {
  readonly latency: number;
  readonly down: number;
  readonly up: number;
}

export const CABLE: Network = { latency: 28, down: 5_000_000, up: 1_000_000 };
export const SLOW_4G: Network = { latency: 150, down: 1_600_000, up: 750_000 };

export async function slowDown(session: CDPSession, { latency, down, up }: Network): Promise<void> {
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency,
    downloadThroughput: down / 8,
    uploadThroughput: up / 8,
  });
}

export async function metrics(session: CDPSession): Promise<Record<string, number>> {
  const { metrics: found } = await session.send('Performance.getMetrics');
  return Object.fromEntries(found.map(({ name, value }) => [name, value]));
}

/** The value below which this share of them is. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

export const middle = (values: readonly number[]): number => quantile(values, 0.5);

export const ms = (value = 0): string => `${value.toFixed(0)} ms`;
export const kib = (bytes = 0): string => `${(bytes / 1024).toFixed(1)} KiB`;

/** Lines of what was measured, which are said at the end, above what the runner says of itself. */
export class Report {
  readonly #lines: string[] = [];

  say(what: string, ...figures: readonly string[]): void {
    this.#lines.push(`${what.padEnd(46)} ${figures.map((figure) => figure.padStart(14)).join('')}`);
  }

  gap(): void {
    this.#lines.push('');
  }

  print(): void {
    process.stdout.write(`\n${this.#lines.join('\n')}\n\n`);
  }
}
