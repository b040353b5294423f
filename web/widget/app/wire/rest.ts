// The server over HTTP: Rocket.Chat's livechat API, as any of its clients calls it, and a little of Hark's.
import { type Body, judged, Unreachable } from '../../../shared/answers.ts';
import { sendFile } from '../../../shared/send-file.ts';

/** The page is at `<server>/livechat`, under whatever prefix a proxy has put the server. */
export const SERVER = new URL(location.pathname.replace(/livechat\/?$/, ''), location.origin).href;

/** Rocket.Chat's, or Hark's own for what that has no words for. */
type Api = 'v1' | 'hark/v1';

const PATIENCE_MS = 20_000;

/** What stands in a path where the token would. */
export const IN_HEADER = '-';

export type Params = Readonly<Record<string, string | number | undefined>>;

/** The visitor's token in a header: addresses are written down by proxies. */
const shown = (token: string | undefined) =>
  token === undefined || token === '' ? {} : { headers: { 'x-visitor-token': token } };

/** The configuration, which the panel's page asks for before this script is there: by the token that it finds, and
 * only where no chat runs, of which more may have been told since. */
interface Early {
  readonly token: string;
  readonly answer: Promise<Response | undefined>;
}

const page = window as { early?: Early | undefined };

/** Once: afterwards it is old. */
function early(token = ''): Early['answer'] | undefined {
  const { early: asked } = page;
  page.early = undefined;
  return asked?.token === token ? asked.answer : undefined;
}

export async function getConfig<T>(token: string | undefined, params: Params): Promise<T> {
  const isPlain = Object.values(params).every((value) => value === undefined);
  const path = 'livechat/config';
  return await get<T>(path, token, params, isPlain ? early(token) : undefined);
}

export async function get<T>(
  path: string,
  token: string | undefined,
  params: Params = {},
  asked?: Early['answer'],
): Promise<T> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== '') {
      query.set(name, String(value));
    }
  }
  const suffix = query.size > 0 ? `?${query.toString()}` : '';
  return await ask<T>(`${path}${suffix}`, { method: 'GET', ...shown(token) }, 'v1', asked);
}

export async function post<T>(path: string, body: Body, api: Api = 'v1'): Promise<T> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return await ask<T>(path, request, api);
}

export async function remove<T>(path: string, token: string): Promise<T> {
  return await ask<T>(path, { method: 'DELETE', ...shown(token) });
}

async function ask<T>(
  path: string,
  request: RequestInit,
  api: Api = 'v1',
  asked?: Early['answer'],
): Promise<T> {
  let answer: Response | undefined;
  let body: unknown;
  try {
    answer = await asked;
    answer ??= await fetch(`${SERVER}api/${api}/${path}`, {
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

/** Sends a file into the visitor's own chat. */
export function upload<T>(
  path: string,
  token: string,
  file: File,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return sendFile<T>(`${SERVER}api/v1/${path}`, { 'x-visitor-token': token }, file, progress, signal);
}
