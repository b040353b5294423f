// What an answer of the server means to one who asked: done, no, or not now.

/** Limits are counted by the minute. */
const LONGEST_PAUSE_MS = 60_000;

export type Body = Readonly<Record<string, unknown>>;

/** The server said no, and will again. */
export class Refused extends Error {
  readonly status: number;
  /** Which of the contract's reasons it is. */
  readonly code: string;
  /** What else it said. */
  readonly body: Body;

  constructor(status: number, body: Body) {
    const { error, errorType, reason, detail } = body;
    const words = [errorType, reason, error].find((word) => typeof word === 'string' && word !== '');
    const code = typeof words === 'string' ? words : String(status);
    super([error, detail].find((text) => typeof text === 'string') ?? code);
    this.status = status;
    this.code = /\[([^\]]+)\]$/.exec(code)?.[1] ?? code;
    this.body = body;
  }
}

/** Nobody answered, or somebody who cannot now: the same may work after `wait` milliseconds. */
export class Unreachable extends Error {
  readonly wait: number;
  /** The server asks for a slower pace. */
  readonly tooFast: boolean;

  constructor(wait = 0, tooFast = false) {
    super('unreachable');
    this.wait = wait;
    this.tooFast = tooFast;
  }
}

export function judged<T>(status: number, body: unknown, header: (name: string) => string | null): T {
  if (status === 429) {
    throw new Unreachable(pause(header), true);
  }
  if (status >= 500) {
    throw new Unreachable(pause(header));
  }
  const document = typeof body === 'object' && body !== null ? body : {};
  if (status < 200 || status >= 300) {
    throw new Refused(status, document as Record<string, unknown>);
  }
  return document as T;
}

function pause(header: (name: string) => string | null): number {
  const after = Number(header('retry-after'));
  if (after > 0) {
    return Math.min(after * 1000, LONGEST_PAUSE_MS);
  }
  // The server's clock, which may be far from ours: it never means more than its minute.
  const reset = Number(header('x-ratelimit-reset'));
  return reset > 0 ? Math.min(Math.max(0, reset - Date.now()), LONGEST_PAUSE_MS) : 0;
}
