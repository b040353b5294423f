// The public APIs over HTTP, as any client calls them.
import { signal } from '@preact/signals';

import { type Body, judged, Refused, Unreachable } from '../../shared/answers.ts';
import { sendFile } from '../../shared/send-file.ts';
import { proven } from './proof.ts';
import { expire, session } from './session.ts';

/** The script is at `<server>/console/assets/`, under whatever prefix a proxy has put the server. */
export const SERVER = new URL(/* @vite-ignore */ '../../', import.meta.url).href;

/** Rocket.Chat's, or Hark's own for what that has no words for. */
export type Api = 'v1' | 'hark/v1';

/** The status of an answer without a body. */
const NOTHING = 204;

const PATIENCE_MS = 20_000;

/** How often nobody could be reached. */
export const unreached = signal(0);

export type Params = Readonly<Record<string, string | number | boolean | undefined>>;

/** What is empty is not asked for. */
export const given = (value: string): string | undefined => (value === '' ? undefined : value);

export async function get<T>(path: string, params: Params = {}, api: Api = 'v1'): Promise<T> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) {
      query.set(name, String(value));
    }
  }
  const suffix = query.size > 0 ? `?${query.toString()}` : '';
  const read = async (): Promise<T> => await ask<T>(`${path}${suffix}`, { method: 'GET' }, api);
  try {
    return await read();
  } catch (error) {
    if (error instanceof Unreachable && error.tooFast) {
      // Nobody is told of it: what is read comes a little later.
      await new Promise((later) => {
        setTimeout(later, Math.max(error.wait, 1000));
      });
      return await read();
    }
    throw error;
  }
}

async function send<T>(method: string, path: string, body: Body | readonly Body[] | undefined, api: Api, patience?: number): Promise<T> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return await proven(async (proof) => {
    const headers = { 'content-type': 'application/json', ...proof };
    return await ask<T>(path, { method, headers, ...sent }, api, patience);
  });
}

/** A form with a file in it that is small. */
export async function postForm<T>(path: string, form: FormData): Promise<T> {
  return await proven(async (proof) => await ask<T>(path, { method: 'POST', headers: proof, body: form }, 'v1'));
}

/** `patience`: how many milliseconds the answer may take, where the server itself has to wait for somebody. */
export const post = <T>(path: string, body: Body | readonly Body[], api: Api = 'v1', patience?: number): Promise<T> => send<T>('POST', path, body, api, patience);
export const put = <T>(path: string, body: Body, api: Api = 'v1'): Promise<T> => send<T>('PUT', path, body, api);
export const patch = <T>(path: string, body: Body, api: Api = 'v1'): Promise<T> => send<T>('PATCH', path, body, api);
export const erase = <T>(path: string, api: Api = 'v1', body?: Body): Promise<T> => send<T>('DELETE', path, body, api);

/** Refused for now: there is too much, by the words of the real-time API. */
const NOT_NOW: ReadonlySet<unknown> = new Set(['503', 'too-many-requests']);

/**
 * A method of the real-time API. What is done often is done by these: routes of REST are rationed by the
 * address, which an office has in common.
 */
export async function call<T>(method: string, params: readonly unknown[]): Promise<T> {
  const message = JSON.stringify({ msg: 'method', id: '1', method, params });
  const path = `method.call/${encodeURIComponent(method)}`;
  return await proven(async (proof) => {
    const headers = { 'content-type': 'application/json', ...proof };
    const request = { method: 'POST', headers, body: JSON.stringify({ message }) };
    const answer = await ask<{ readonly message: string }>(path, request, 'v1');
    const frame = JSON.parse(answer.message) as { readonly result?: T; readonly error?: Body };
    if (frame.error !== undefined) {
      const { error, reason, details } = frame.error;
      if (NOT_NOW.has(String(error))) {
        throw new Unreachable();
      }
      throw new Refused(400, { errorType: String(error), error: reason, details });
    }
    return frame.result as T;
  });
}

/** Bytes of a file that only those who are in its chat may have. */
export async function bytes(path: string): Promise<Blob> {
  const answer = await reach(`${SERVER}${path.replace(/^\//, '')}`, { method: 'GET' });
  if (!answer.ok) {
    throw new Refused(answer.status, {});
  }
  return await answer.blob();
}

/** Lines of a stream that does not end by itself; it ends with an error, or when it is stopped. */
export async function follow(
  path: string,
  heard: (line: string) => void,
  stop: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const answer = await fetch(`${SERVER}api/hark/v1/${path}`, {
    headers: { ...credentials(), ...more },
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal: stop,
  });
  if (!answer.ok || answer.body === null) {
    throw new Refused(answer.status, {});
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      throw new Unreachable();
    }
    const lines = `${rest}${value}`.split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(heard);
  }
}

/** Puts a file into a chat. */
export async function upload<T>(
  path: string,
  file: File,
  progress: (share: number) => void,
  stop: AbortSignal,
): Promise<T> {
  const shown = session.peek();
  try {
    return await sendFile<T>(`${SERVER}api/v1/${path}`, credentials(), file, progress, stop);
  } catch (error) {
    if (error instanceof Refused && error.status === 401 && shown !== undefined) {
      expire(shown);
    }
    throw error;
  }
}

function credentials(): Readonly<Record<string, string>> {
  const shown = session.peek();
  return shown === undefined ? {} : { 'x-user-id': shown.user, 'x-auth-token': shown.token };
}

async function ask<T>(path: string, request: Request, api: Api, patience?: number): Promise<T> {
  const shown = session.peek();
  const answer = await reach(`${SERVER}api/${api}/${path}`, request, patience);
  let body: unknown;
  try {
    body = answer.status === NOTHING ? {} : await answer.json();
  } catch {
    throw new Unreachable();
  }
  if (answer.status === 401 && shown !== undefined) {
    expire(shown);
  }
  return judged<T>(answer.status, body, (name) => answer.headers.get(name));
}

interface Request extends RequestInit {
  readonly headers?: Readonly<Record<string, string>>;
}

async function reach(url: string, { headers, ...request }: Request, patience = PATIENCE_MS): Promise<Response> {
  try {
    return await fetch(url, {
      ...request,
      headers: { ...headers, ...credentials() },
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(patience),
    });
  } catch {
    unreached.value += 1;
    throw new Unreachable();
  }
}
