// Whether mail goes out as the settings have it.
import { post } from '../api/http.ts';
import { readAllSettings, type Setting } from './settings.ts';

/** How it went with a letter to one's own address. */
export interface TestedMail {
  readonly sent: boolean;
  readonly recipient: string;
  /** Why it could not be sent, in the words of the mail server or of Hark. */
  readonly error: string | null;
  readonly millis: number;
}

/** Longer than the server waits for the mail server. */
const PATIENCE_MS = 40_000;

export const testMail = async (): Promise<TestedMail> => await post<TestedMail>('mail:test', {}, 'hark/v1', PATIENCE_MS);

export async function readMailSettings(): Promise<readonly Setting[]> {
  const all = await readAllSettings();
  return all.filter(({ group }) => group === 'Email');
}
