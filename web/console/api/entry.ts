// Coming and going.
import { type Body, Refused } from '../../shared/answers.ts';
import type { Welcome } from './documents.ts';
import { get, post, SERVER } from './http.ts';
import { begin, end, isKept, session } from './session.ts';

/** What became of a try to log in. */
export type Entered = 'in' | 'wrong' | 'code wanted' | 'wrong code' | 'inactive' | 'blocked';

const OUTCOMES: Readonly<Record<string, Entered>> = {
  'totp-required': 'code wanted',
  'totp-invalid': 'wrong code',
  'error-user-is-not-activated': 'inactive',
  'error-login-blocked-for-user': 'blocked',
  'error-login-blocked-for-ip': 'blocked',
};

export async function logIn(login: string, password: string, code: string, stays = isKept()): Promise<Entered> {
  const answer = await fetch(`${SERVER}api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: login, password, ...(code === '' ? {} : { code }) }),
    credentials: 'omit',
  });
  const body = (await answer.json()) as Body;
  if (answer.ok) {
    const { userId, authToken } = body['data'] as Welcome;
    begin({ user: userId, token: authToken, login }, stays);
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

export interface Site {
  /** As it calls itself. */
  readonly name: string;
  /** Whether it mails links to those who have forgotten their password. */
  readonly resetsPasswords: boolean;
}

/** What those may know who are not logged in. */
export async function site(): Promise<Site> {
  const ids = ['Site_Name', 'Accounts_PasswordReset'];
  const { settings } = await get<{ readonly settings: readonly { readonly _id: string; readonly value?: unknown }[] }>(
    'settings.public',
    { query: JSON.stringify({ _id: { $in: ids } }) },
  );
  const of = (id: string): unknown => settings.find(({ _id }) => _id === id)?.value;
  const name = of('Site_Name');
  return { name: typeof name === 'string' ? name : '', resetsPasswords: of('Accounts_PasswordReset') === true };
}

/** A link goes to whoever has this name or address; nobody is told whether there is such an account. */
export async function forgotten(login: string): Promise<void> {
  await post('passwords/forgotten', { login }, 'hark/v1');
}

/** Whether the link was good. */
export async function renewPassword(token: string, password: string): Promise<boolean> {
  try {
    await post('passwords/renew', { token, password }, 'hark/v1');
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) {
      return false;
    }
    throw error;
  }
}
