// Coming and going.
import { type Body, Refused } from '../../shared/answers.ts';
import type { Welcome } from './documents.ts';
import { get, post, SERVER } from './http.ts';
import { begin, end, session } from './session.ts';

/** What became of a try to log in. */
export type Entered = 'in' | 'wrong' | 'code wanted' | 'wrong code' | 'inactive' | 'blocked';

const OUTCOMES: Readonly<Record<string, Entered>> = {
  'totp-required': 'code wanted',
  'totp-invalid': 'wrong code',
  'error-user-is-not-activated': 'inactive',
  'error-login-blocked-for-user': 'blocked',
  'error-login-blocked-for-ip': 'blocked',
};

export async function logIn(login: string, password: string, code: string): Promise<Entered> {
  const answer = await fetch(`${SERVER}api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: login, password, ...(code === '' ? {} : { code }) }),
    credentials: 'omit',
  });
  const body = (await answer.json()) as Body;
  if (answer.ok) {
    const { userId, authToken } = body['data'] as Welcome;
    begin({ user: userId, token: authToken, login });
    return 'in';
  }
  const outcome = OUTCOMES[String(body['error'])];
  if (outcome !== undefined) {
    return outcome;
  }
  if (answer.status === 429) {
    return 'blocked';
  }
  if (answer.status === 401) {
    return 'wrong';
  }
  throw new Refused(answer.status, body);
}

/** The token is good for nothing afterwards, if the server can be reached. */
export async function logOut(): Promise<void> {
  if (session.peek() !== undefined) {
    await post('logout', {}).catch(() => undefined);
  }
  end();
}

/** As the site calls itself, to those who are not logged in. */
export async function siteName(): Promise<string> {
  const { settings } = await get<{ readonly settings: readonly { readonly value?: unknown }[] }>(
    'settings.public',
    { query: JSON.stringify({ _id: 'Site_Name' }) },
  );
  const name = settings[0]?.value;
  return typeof name === 'string' ? name : '';
}
