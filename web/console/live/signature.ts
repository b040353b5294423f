// Signatures of webhooks, checked as a receiver checks them.

export interface Signed {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  /** The bytes as they came. */
  readonly body: string;
}

const PREFIX = 'whsec_';
const PUBLIC_PREFIX = 'whpk_';
const KEY_BYTES = 32;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCodePoint(...bytes));

/** Where a page was not loaded safely, browsers do not reckon signatures. */
const canCheck = globalThis.isSecureContext;

const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));

/** Made up by this page, and known to nobody else for longer than it is there. */
export const TRIAL_SECRET = canCheck ? `${PREFIX}${base64(key)}` : undefined;

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (sign) => sign.codePointAt(0) ?? 0);

/** The key in a secret, or in a public key, as it is shown; nothing where it is none. */
function keyOf(secret: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return bytesOf(secret.trim().replace(PREFIX, '').replace(PUBLIC_PREFIX, ''));
  } catch {
    return undefined;
  }
}

/** Whether it was signed with the secret of this page; nothing where that cannot be said. */
export async function check(signed: Signed): Promise<boolean | undefined> {
  return canCheck ? await isSignedBy({ entry: 'v1', bytes: key }, signed) : undefined;
}

/** What a signature is checked with: a secret, or the public half of a key pair. */
interface Means {
  /** How entries that are made with it begin. */
  readonly entry: Entry;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type Entry = 'v1' | 'v1a';

/** By how a secret or a public key is written. */
export const entryOf = (secret: string): Entry => (secret.trim().startsWith(PUBLIC_PREFIX) ? 'v1a' : 'v1');

async function isSignedBy({ entry, bytes: own }: Means, { id, timestamp, signature, body }: Signed): Promise<boolean> {
  const algorithm = entry === 'v1a' ? { name: 'Ed25519' } : { name: 'HMAC', hash: 'SHA-256' };
  const means = await crypto.subtle.importKey('raw', own, algorithm, false, ['verify']);
  const content = new TextEncoder().encode(`${id ?? ''}.${timestamp ?? ''}.${body}`);
  const begin = `${entry},`;
  const entries = (signature ?? '').split(' ').filter((one) => one.startsWith(begin));
  const results = await Promise.all(
    entries.map(async (one) => {
      const bytes = keyOf(one.slice(begin.length));
      return bytes !== undefined && (await crypto.subtle.verify(algorithm.name, means, bytes, content));
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
  | 'cannot-say'
  | 'no-key-pairs';

/** With this the workspace's webhook shows who sends it; it is compared as it is. */
export const TOKEN = 'x-rocketchat-livechat-token';

/** Whether what was brought along is a token, and not what signatures are checked with. */
export const isToken = (headers: ReadonlyMap<string, string>, secret: string): boolean =>
  headers.has(TOKEN) && !secret.trim().startsWith(PREFIX) && !secret.trim().startsWith(PUBLIC_PREFIX);

/** What is right or wrong with a request, as a receiver would find it. */
export async function examine(signed: Signed, secret: string, now: number): Promise<Verdict> {
  const own = keyOf(secret);
  const entry = entryOf(secret);
  if ((signed.id ?? '') === '') {
    return 'no-id';
  }
  if (!/^\d+$/.test(signed.timestamp ?? '')) {
    return 'no-timestamp';
  }
  if (own === undefined || own.length === 0 || (entry === 'v1a' && own.length !== KEY_BYTES)) {
    return 'no-secret';
  }
  if (!(signed.signature ?? '').split(' ').some((one) => one.startsWith(`${entry},`))) {
    return 'no-signature';
  }
  if (!canCheck) {
    return 'cannot-say';
  }
  const fits = async (body: string): Promise<boolean> => await isSignedBy({ entry, bytes: own }, { ...signed, body });
  let first: boolean;
  try {
    first = await fits(signed.body);
  } catch {
    // Older browsers know no key pairs of this kind.
    return 'no-key-pairs';
  }
  if (first) {
    const age = now / 1000 - Number(signed.timestamp);
    if (Math.abs(age) <= TOLERANCE_S) {
      return 'genuine';
    }
    return age > 0 ? 'too-old' : 'too-new';
  }
  // What most often happens to a body before it is checked.
  if (await fits(signed.body.trimEnd())) {
    return 'line-end';
  }
  return (await fits(compact(signed.body))) ? 'written-anew' : 'wrong';
}

function compact(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body;
  }
}

const BEFORE_A_HEADER = /\n|\s(?=(?:-H|--header)\s)|,\s*(?=["'][\w-]+["']\s*:)/;
const HEADER = /^[\s{]*(?:(?:-H|--header)\s+)?["']?([\w-]+)["']?\s*[:=]\s*["']?(.*?)["']?[\s,}\\]*$/;

/** The headers of a request, as they stand in a log, in a line for curl, in JSON or in a piece of code. */
export function headersOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split(BEFORE_A_HEADER).map((line) => HEADER.exec(line));
  return new Map(lines.flatMap((found) => (found === null ? [] : [[(found[1] ?? '').toLowerCase(), found[2] ?? ''] as const])));
}
