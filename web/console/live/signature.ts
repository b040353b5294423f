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

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (sign) => sign.codePointAt(0) ?? 0);

/** The key in a secret as it is shown; nothing where it is none. */
function keyOf(secret: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return bytesOf(secret.trim().replace(PREFIX, ''));
  } catch {
    return undefined;
  }
}

/** Whether it was signed with the secret of this page; nothing where that cannot be said. */
export const check = (signed: Signed): Promise<boolean | undefined> => isSignedWith(key, signed);

async function isSignedWith(own: Uint8Array<ArrayBuffer>, { id, timestamp, signature, body }: Signed): Promise<boolean | undefined> {
  if (!canCheck) {
    return undefined;
  }
  const secret = await crypto.subtle.importKey('raw', own, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  const content = new TextEncoder().encode(`${id ?? ''}.${timestamp ?? ''}.${body}`);
  const entries = (signature ?? '').split(' ').filter((entry) => entry.startsWith('v1,'));
  const results = await Promise.all(
    entries.map(async (entry) => {
      const bytes = keyOf(entry.slice(3));
      return bytes !== undefined && (await crypto.subtle.verify('HMAC', secret, bytes, content));
    }),
  );
  return results.includes(true);
}

/** How far a receiver's clock may be from ours: older requests may be somebody's who has kept them. */
export const TOLERANCE_S = 300;

export type Verdict =
  | 'genuine'
  | 'no-id'
  | 'no-timestamp'
  | 'no-signature'
  | 'no-secret'
  | 'too-old'
  | 'too-new'
  | 'line-end'
  | 'written-anew'
  | 'wrong'
  | 'cannot-say';

/** What is right or wrong with a request, as a receiver would find it. */
export async function examine(signed: Signed, secret: string, now: number): Promise<Verdict> {
  const own = keyOf(secret);
  if ((signed.id ?? '') === '') {
    return 'no-id';
  }
  if (!/^\d+$/.test(signed.timestamp ?? '')) {
    return 'no-timestamp';
  }
  if (!/(^| )v1,/.test(signed.signature ?? '')) {
    return 'no-signature';
  }
  if (own === undefined || own.length === 0) {
    return 'no-secret';
  }
  const fits = async (body: string): Promise<boolean | undefined> => isSignedWith(own, { ...signed, body });
  const first = await fits(signed.body);
  if (first === undefined) {
    return 'cannot-say';
  }
  if (first) {
    const age = now / 1000 - Number(signed.timestamp);
    if (Math.abs(age) <= TOLERANCE_S) {
      return 'genuine';
    }
    return age > 0 ? 'too-old' : 'too-new';
  }
  // What most often happens to a body before it is checked.
  if ((await fits(signed.body.trimEnd())) === true) {
    return 'line-end';
  }
  return (await fits(compact(signed.body))) === true ? 'written-anew' : 'wrong';
}

function compact(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body;
  }
}

/** The headers of a request, as they stand in a log or come from a tool: one in a line. */
export function headersOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => /^\s*([\w-]+)\s*[:=]\s*(.*?)\s*$/.exec(line));
  return new Map(lines.flatMap((found) => (found === null ? [] : [[(found[1] ?? '').toLowerCase(), found[2] ?? ''] as const])));
}
