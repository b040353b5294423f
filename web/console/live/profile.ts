// One's own account: name, password, second factor, and tokens for programs.
import type { Me, OwnSession, PersonalToken } from '../api/documents.ts';
import { logIn } from '../api/entry.ts';
import { call, erase, get, post, postForm } from '../api/http.ts';
import { session } from '../api/session.ts';
import { me } from './people.ts';

async function again(): Promise<void> {
  me.value = await get<Me>('me');
}

export async function saveName(name: string): Promise<void> {
  await post('users.updateOwnBasicInfo', { data: { name } });
  await again();
}

export async function savePicture(square: Blob): Promise<void> {
  const form = new FormData();
  form.append('image', square, 'picture.jpg');
  await postForm('users.setAvatar', form);
  await again();
}

export async function removePicture(): Promise<void> {
  await post('users.resetAvatar', {});
  await again();
}

/** All sessions end with the old password, this one too: it begins again, unless a code is asked for. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  const login = session.peek()?.login ?? '';
  await post('users.updateOwnBasicInfo', { data: { currentPassword, newPassword } });
  await logIn(login, newPassword, '');
}

export interface Offer {
  readonly secret: string;
  /** For apps on the same device. */
  readonly url: string;
}

export const offerFactor = (): Promise<Offer> => call<Offer>('2fa:enable', []);

/** Answers the backup codes, which are shown once. */
export async function confirmFactor(code: string): Promise<readonly string[]> {
  const { codes } = await call<{ readonly codes: readonly string[] }>('2fa:validateTempToken', [code]);
  await again();
  return codes;
}

/** Whether the code was right. */
export async function endFactor(code: string): Promise<boolean> {
  const done = await call<boolean>('2fa:disable', [code]);
  await again();
  return done;
}

export async function renewCodes(code: string): Promise<readonly string[]> {
  return (await call<{ readonly codes: readonly string[] }>('2fa:regenerateCodes', [code])).codes;
}

export async function codesLeft(): Promise<number> {
  return (await call<{ readonly remaining: number }>('2fa:checkCodesRemaining', [])).remaining;
}

export async function readTokens(): Promise<readonly PersonalToken[]> {
  return (await get<{ readonly tokens: readonly PersonalToken[] }>('users.getPersonalAccessTokens')).tokens;
}

/** Answers the token, which is shown once. */
export async function makeToken(tokenName: string, bypassTwoFactor: boolean): Promise<string> {
  const made = await post<{ readonly token: string }>('users.generatePersonalAccessToken', { tokenName, bypassTwoFactor });
  return made.token;
}

export async function removeToken(tokenName: string): Promise<void> {
  await post('users.removePersonalAccessToken', { tokenName });
}

/** The latest first. */
export async function readSessions(): Promise<readonly OwnSession[]> {
  return (await get<{ readonly items: readonly OwnSession[] }>('sessions', {}, 'hark/v1')).items;
}

export async function endSession(id: string): Promise<void> {
  await erase(`sessions/${id}`, 'hark/v1');
}
