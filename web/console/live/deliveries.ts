// Which endpoints of webhooks have heard what of the open chat; for those who may know.
import { effect, signal } from '@preact/signals';

import { type Delivery, type Message, millis } from '../api/documents.ts';
import type { DeliveryPage, Endpoint } from '../api/generated/hark.ts';
import { get, post } from '../api/http.ts';
import { chat, renewRoom } from './chat.ts';
import { may } from './people.ts';
import { reason } from './reasons.ts';
import { complain } from './toasts.ts';

const PAGE = 100;
/** More than this of one chat is in the log of its endpoint. */
const MOST_PAGES = 5;
/** An attempt takes a moment, and those that wait are looked at again. */
const SOON_MS = 1500;
const AGAIN_MS = 5000;

/** The latest first. */
export const deliveries = signal<readonly Delivery[]>([]);

export const seesDeliveries = (): boolean => may('view-livechat-webhooks');

async function read(rid: string): Promise<void> {
  const all: Delivery[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, nextCursor } = await get<DeliveryPage>(`conversations/${rid}/deliveries`, { limit: PAGE, cursor }, 'hark/v1');
    all.push(...items);
    if (nextCursor === null) {
      break;
    }
    cursor = nextCursor;
  }
  if (chat.peek()?.rid === rid) {
    const waited = new Set(deliveries.peek().flatMap(({ id, state }) => (state === 'delivered' ? [] : [id])));
    deliveries.value = all;
    // What a CRM has answered is kept with the room.
    if (all.some(({ id, state }) => state === 'delivered' && waited.has(id))) {
      await renewRoom(rid);
    }
  }
}

export function followDeliveries(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let of: string | undefined;
  const look = async (rid: string): Promise<void> => {
    // A chat of which nothing was told has none.
    await read(rid).catch(() => undefined);
    if (chat.peek()?.rid === rid && deliveries.peek().some(({ state }) => state === 'pending')) {
      timer = setTimeout(() => void look(rid), AGAIN_MS);
    }
  };
  effect(() => {
    const open = chat.value;
    clearTimeout(timer);
    if (open?.rid !== of) {
      deliveries.value = [];
    }
    if (open !== undefined && seesDeliveries() && open.state === 'there') {
      const { rid } = open;
      timer = setTimeout(() => void look(rid), open.rid === of ? SOON_MS : 0);
    }
    of = open?.state === 'there' ? open.rid : undefined;
  });
}

/** Of what in the log a message tells. */
const KINDS: Readonly<Record<string, RegExp>> = {
  'livechat-started': /^chat\.started$/,
  command: /^chat\.taken$/,
  'livechat-close': /^chat\.closed$/,
  livechat_transfer_history: /^chat\.(forwarded|returned)$/,
  livechat_navigation_history: /^visitor\./,
};
const SAID = /^message\.(visitor|agent|posted)$/;

/** What endpoints were told of a message: it and its event are of one moment. */
export function deliveriesOf(message: Message): readonly Delivery[] {
  const kinds = message.t === undefined ? SAID : KINDS[message.t];
  const at = millis(message.ts);
  return deliveries.value.filter(
    ({ kind, happenedAt }) => millis(happenedAt) === at && kinds?.test(kind) === true,
  );
}

/** The names of the endpoints that are told of a kind of events, for those who may know. */
export async function whoHears(kind: string): Promise<readonly string[]> {
  if (!seesDeliveries()) {
    return [];
  }
  const { items } = await get<{ readonly items: readonly Endpoint[] }>('endpoints', { limit: PAGE }, 'hark/v1');
  const family = `${kind.split('.')[0] ?? ''}.*`;
  const hears = ({ events }: Endpoint): boolean => events.some((one) => one === '*' || one === family || one === kind);
  return items.filter((endpoint) => endpoint.state !== 'disabled' && hears(endpoint)).map(({ name }) => name);
}

export async function resend(id: string): Promise<void> {
  try {
    const again = await post<Delivery>(`deliveries/${id}:resend`, {}, 'hark/v1');
    deliveries.value = deliveries.peek().map((one) => (one.id === id ? again : one));
    const open = chat.peek();
    if (open !== undefined) {
      // Which begins to look again.
      chat.value = { ...open };
    }
  } catch (error) {
    complain(reason(error));
  }
}
