// Some changes want to know once more who makes them: by a code of the second factor, or by the password.
import { signal } from '@preact/signals';

import { Refused } from '../../shared/answers.ts';

type Method = 'totp' | 'password';

export interface Asked {
  readonly method: Method;
  /** What was given last was wrong. */
  readonly wasWrong: boolean;
  /** Without a proof it is not done. */
  readonly answer: (proof: string | undefined) => void;
}

export const asked = signal<Asked | undefined>(undefined);

export type Headers = Readonly<Record<string, string>>;

/** How it may be proved, if that is what an error asks for. */
function wanted(error: unknown): Method | undefined {
  if (!(error instanceof Refused)) {
    return undefined;
  }
  const { details, type, method = details?.method } = error.body as {
    readonly details?: { readonly method?: string };
    readonly type?: string;
    readonly method?: string;
  };
  const isWanted = ['totp-required', 'totp-invalid'].includes(error.code) || type === 'urn:hark:problem:second-factor';
  return isWanted ? (method === 'password' ? 'password' : 'totp') : undefined;
}

async function ask(method: Method, wasWrong: boolean): Promise<Headers | undefined> {
  const given = await new Promise<string | undefined>((answer) => {
    asked.value = { method, wasWrong, answer };
  });
  asked.value = undefined;
  if (given === undefined) {
    return undefined;
  }
  const code = method === 'totp' ? given.replaceAll(/\s/g, '') : await digest(given);
  return { 'x-2fa-code': code, 'x-2fa-method': method };
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Does it, and where that is asked for again with a proof. */
export async function proven<T>(act: (proof: Headers) => Promise<T>): Promise<T> {
  let proof: Headers = {};
  for (;;) {
    try {
      return await act(proof);
    } catch (error) {
      const method = wanted(error);
      const given = method === undefined ? undefined : await ask(method, 'x-2fa-code' in proof);
      if (given === undefined) {
        throw error;
      }
      proof = given;
    }
  }
}
