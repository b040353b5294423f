// What happens, as it happens: each event as a webhook of the standard dialect is told of it.
import { computed, signal } from '@preact/signals';

import { millis } from '../api/documents.ts';
import { follow } from '../api/http.ts';
import { check, type Signed, TRIAL_SECRET } from './signature.ts';

export interface Heard {
  readonly id: number;
  readonly kind: string;
  readonly at: number;
  /** Its number within its chat. */
  readonly sequence: number | null;
  readonly chat: string | undefined;
  readonly body: Body;
  /** Whether its signature is right; not known where the browser cannot say. */
  readonly isGenuine: boolean | undefined;
}

interface Body {
  readonly type: string;
  readonly timestamp: string;
  readonly data: {
    readonly eventId: number;
    readonly sequence: number | null;
    readonly conversation?: { readonly id: string } | null;
    readonly message?: { readonly text?: string | null } | null;
    readonly visitor?: { readonly name?: string | null } | null;
    readonly agent?: { readonly name?: string | null } | null;
  };
}

/** So many are kept, and as many again of what is looked for. */
const MOST = 200;
const AGAIN_MS = 2000;

/** The latest first. */
export const heard = signal<readonly Heard[]>([]);
export const isListening = signal(false);

/** Of each chat every event came, one after the other. */
export const isWhole = computed(() => {
  const last = new Map<string, number>();
  return heard.value.every(({ chat, sequence }) => {
    if (chat === undefined || sequence === null) {
      return true;
    }
    const later = last.get(chat);
    last.set(chat, sequence);
    return later === undefined || later === sequence + 1;
  });
});

/** What stands before the next event, by its name. */
let fields: Record<string, string> = {};
/** What was listened to, and how far the log was read for it. */
let listened = '';
let reached: number | undefined;
let isLookedFor: (one: Heard) => boolean = () => true;

function take(line: string): void {
  // An event ends, or a sign of life that says how far the log was read where nothing came that is listened to.
  if (line === '') {
    reached = fields['id'] === undefined ? reached : Number(fields['id']);
    fields = {};
    return;
  }
  const [, name, value] = /^([\w-]+): (.*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) {
    return;
  }
  fields[name] = value;
  if (name === 'data') {
    void add({ id: fields['webhook-id'], timestamp: fields['webhook-timestamp'], signature: fields['webhook-signature'], body: value });
  }
}

async function add(signed: Signed): Promise<void> {
  const body = JSON.parse(signed.body) as Body;
  const { eventId, sequence, conversation } = body.data;
  const one = {
    id: eventId,
    kind: body.type,
    at: millis(body.timestamp),
    sequence,
    chat: conversation?.id,
    body,
    isGenuine: await check(signed),
  };
  // Some checks take longer than others.
  const all = [one, ...heard.peek().filter(({ id }) => id !== eventId)].toSorted((left, right) => right.id - left.id);
  let found = 0;
  heard.value = all.filter((other, place) => {
    const isFound = isLookedFor(other);
    found += isFound ? 1 : 0;
    return place < MOST || (isFound && found <= MOST);
  });
}

/** What happens in chats. */
export const OF_CHATS: readonly string[] = ['chat.*', 'message.*', 'lead.*', 'visitor.*', 'offline.*', 'feedback.*'];

/**
 * Hears of some kinds, or of all, until it is stopped, and goes on where it was after a break. Of what is looked for more is
 * kept than of the rest, which is there as soon as something else is looked for.
 */
export function hearEvents(kinds: readonly string[], looksFor: (one: Heard) => boolean = () => true): () => void {
  const stop = new AbortController();
  const query = new URLSearchParams(kinds.map((kind) => ['kinds', kind]));
  if (listened !== query.toString()) {
    listened = query.toString();
    heard.value = [];
    reached = undefined;
  }
  isLookedFor = looksFor;
  const listen = async (): Promise<void> => {
    fields = {};
    if (reached !== undefined) {
      query.set('after', String(reached));
    }
    try {
      await follow(
        `events/stream?${query.toString()}`,
        (line) => {
          isListening.value = true;
          take(line);
        },
        stop.signal,
        TRIAL_SECRET === undefined ? {} : { 'webhook-secret': TRIAL_SECRET },
      );
    } catch {
      isListening.value = false;
      if (!stop.signal.aborted) {
        setTimeout(() => void listen(), AGAIN_MS);
      }
    }
  };
  void listen();
  return () => stop.abort();
}
