// Rocket.Chat's livechat API over HTTP, as any of its clients calls it.

/** The page is at `<server>/livechat`, under whatever prefix a proxy has put the server. */
export const SERVER = new URL(location.pathname.replace(/livechat\/?$/, ''), location.origin).href;

const PATIENCE_MS = 20_000;

/** The server said no, and will again. */
export class Refused extends Error {
  readonly status: number;
  /** Which of the contract's reasons it is. */
  readonly code: string;
  /** What else it said. */
  readonly body: Body;

  constructor(status: number, body: Body) {
    const { error, errorType, reason } = body;
    const words = [errorType, reason, error].find((word) => typeof word === 'string' && word !== '');
    const code = typeof words === 'string' ? words : String(status);
    super(typeof error === 'string' ? error : code);
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

export type Params = Readonly<Record<string, string | number | undefined>>;
export type Body = Readonly<Record<string, unknown>>;

export async function get<T>(path: string, params: Params = {}): Promise<T> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== '') {
      query.set(name, String(value));
    }
  }
  const suffix = query.size > 0 ? `?${query.toString()}` : '';
  return await ask<T>(`${path}${suffix}`, { method: 'GET' });
}

export async function post<T>(path: string, body: Body): Promise<T> {
  return await ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export async function remove<T>(path: string): Promise<T> {
  return await ask<T>(path, { method: 'DELETE' });
}

async function ask<T>(path: string, request: RequestInit): Promise<T> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(`${SERVER}api/v1/${path}`, {
      ...request,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    body = await answer.json();
  } catch {
    throw new Unreachable();
  }
  return judged<T>(answer.status, body, (name) => answer.headers.get(name));
}

function judged<T>(status: number, body: unknown, header: (name: string) => string | null): T {
  if (status === 429) {
    throw new Unreachable(pause(header), true);
  }
  if (status >= 500) {
    throw new Unreachable(pause(header));
  }
  const document = typeof body === 'object' && body !== null ? body : {};
  if (status !== 200) {
    throw new Refused(status, document as Record<string, unknown>);
  }
  return document as T;
}

function pause(header: (name: string) => string | null): number {
  const after = Number(header('retry-after'));
  if (after > 0) {
    return after * 1000;
  }
  const reset = Number(header('x-ratelimit-reset'));
  return reset > 0 ? Math.max(0, reset - Date.now()) : 0;
}

/** Sends a file. `XMLHttpRequest` alone says how far it has come. */
export function upload<T>(
  path: string,
  token: string,
  file: File,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${SERVER}api/v1/${path}`);
    request.setRequestHeader('x-visitor-token', token);
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) {
        progress(event.loaded / event.total);
      }
    });
    const settle = () => {
      try {
        const body: unknown = JSON.parse(request.responseText);
        done(judged<T>(request.status, body, (name) => request.getResponseHeader(name)));
      } catch (error) {
        failed(error instanceof Refused ? error : new Unreachable());
      }
    };
    request.addEventListener('load', settle);
    request.addEventListener('error', () => failed(new Unreachable()));
    request.addEventListener('abort', () => failed(new Unreachable()));
    signal.addEventListener('abort', () => request.abort());
    const form = new FormData();
    form.append('file', file);
    request.send(form);
  });
}
