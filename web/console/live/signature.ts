// Signatures of webhooks, checked as a receiver checks them.

export interface Signed {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  /** The bytes as they came. */
  readonly body: string;
}

const PREFIX = 'whsec_';
const KEY_BYTES = 32;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCodePoint(...bytes));

/** Where a page was not loaded safely, browsers do not reckon signatures. */
const canCheck = globalThis.isSecureContext;

const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));

/** Made up by this page, and known to nobody else for longer than it is there. */
export const TRIAL_SECRET = canCheck ? `${PREFIX}${base64(key)}` : undefined;

/** Whether it was signed with the secret; nothing where that cannot be said. */
export async function check({ id, timestamp, signature, body }: Signed): Promise<boolean | undefined> {
  if (!canCheck) {
    return undefined;
  }
  const secret = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  const content = new TextEncoder().encode(`${id ?? ''}.${timestamp ?? ''}.${body}`);
  const entries = (signature ?? '').split(' ').filter((entry) => entry.startsWith('v1,'));
  const results = await Promise.all(
    entries.map((entry) => {
      const bytes = Uint8Array.from(atob(entry.slice(3)), (sign) => sign.codePointAt(0) ?? 0);
      return crypto.subtle.verify('HMAC', secret, bytes, content);
    }),
  );
  return results.includes(true);
}
