// Whether mail goes out as the settings have it.
import type { TestedMail } from '../api/generated/hark.ts';
import { post } from '../api/http.ts';
import { readAllSettings, type Setting } from './settings.ts';

export type { TestedMail };

/** Longer than the server waits for the mail server. */
const PATIENCE_MS = 40_000;

export const testMail = async (): Promise<TestedMail> => await post<TestedMail>('mail:test', {}, 'hark/v1', PATIENCE_MS);

export async function readMailSettings(): Promise<readonly Setting[]> {
  const all = await readAllSettings();
  return all.filter(({ group }) => group === 'Email');
}
