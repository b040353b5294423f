// The chats that there are: one's own, those that wait, and for those who may see them, all.
import { batch, computed, effect, type Signal, signal } from '@preact/signals';

import { type Inquiry, millis, type Place, type Room } from '../api/documents.ts';
import { call, get, type Params } from '../api/http.ts';
import { view } from '../place.ts';
import { listen } from './connection.ts';
import { type Filter, filters, sort } from './list-filter.ts';
import { may, queues } from './people.ts';
import { heardOf } from './typing.ts';

/** So many of all chats are shown, and of those that wait. */
const MOST = 100;
/** So many are looked through for what the server does not look for. */
const MOST_LOOKED_THROUGH = 500;
/** Changes come in crowds, and all of them are read at once. */
const SETTLED_MS = 400;
/** What could not be read is asked for again. */
const AGAIN_MS = 3000;

/** By the id of the room. */
export const places = signal<ReadonlyMap<string, Place>>(new Map());
export const rooms = signal<ReadonlyMap<string, Room>>(new Map());
/** By its own id, in the order of the server. */
export const queue = signal<ReadonlyMap<string, Inquiry>>(new Map());
interface Rooms {
  readonly rooms: readonly Room[];
  readonly total: number;
}

interface Everything extends Rooms {
  /** What was asked for. */
  readonly of: string;
  /** Of those that wait: which have the tag that is asked for. */
  readonly waiting: readonly Room[];
}

/** Those that agents have, also those on hold: all of them, or those that the filter of the list asks for. */
export const everything = signal<Everything | undefined>(undefined);
/** How many agents have, whatever is asked for. */
const served = signal(0);
export const areRead = signal(false);
/** The chats whose rows are on the screen: of these it is heard who writes in them. */
export const onScreen = signal<readonly string[]>([]);

export const mine = computed(() =>
  [...places.value.keys()]
    .map((rid) => rooms.value.get(rid))
    .filter((room): room is Room => room?.open === true),
);

export const unread = computed(() =>
  mine.value.reduce((sum, room) => sum + (places.value.get(room._id)?.unread ?? 0), 0),
);

export const waiting = computed(() => [...queue.value.values()]);

/** Those that wait and were not read. */
const beyond = signal(0);
export const waitingCount = computed(() => waiting.value.length + beyond.value);

const TAKEN = 'hark.console.taken';

/** The chat that was taken last in this browser, as long as one has it: that it is one's own then is no news, in no tab. */
export const takenHere = (): string | null => localStorage.getItem(TAKEN);
export const isTaking = (rid: string): void => localStorage.setItem(TAKEN, rid);

/** How many chats go on. */
export const openCount = computed(() => waitingCount.value + served.value);

export const seesAll = computed(() => may('view-livechat-rooms'));

type Listed<T> = Signal<ReadonlyMap<string, T>>;

/** Counts what is heard and what is asked for, in their order. */
let turns = 0;
/** When something was heard last of what is in a list, or was in it. */
const heardAt = new Map<unknown, Map<string, number>>();

/** Nothing: it is there no more. */
function heard<T>(list: Listed<T>, id: string, now: T | undefined): void {
  turns += 1;
  const turn = heardAt.get(list) ?? new Map<string, number>();
  heardAt.set(list, turn.set(id, turns));
  const next = new Map(list.peek());
  if (now === undefined) {
    next.delete(id);
  } else {
    next.set(id, now);
  }
  list.value = next;
}

/** What was heard after it was asked for wins: the answer may be from before. */
function fill<T>(list: Listed<T>, asked: number, answer: Iterable<readonly [string, T]>): void {
  const next = new Map(answer);
  for (const [id, turn] of heardAt.get(list) ?? []) {
    const now = list.peek().get(id);
    if (turn > asked && now !== undefined) {
      next.set(id, now);
    } else if (turn > asked) {
      next.delete(id);
    }
  }
  list.value = next;
}

/** `people`: who one is and what one may see, without which no row can be written. */
export async function readLists(people: Promise<void>): Promise<void> {
  const asked = turns;
  const [placed, roomed] = await Promise.all([
    call<readonly Place[]>('subscriptions/get', []),
    call<readonly Room[]>('rooms/get', []),
    readQueue(),
    people,
  ]);
  const live = placed.filter((place) => place.t === 'l');
  batch(() => {
    fill(places, asked, live.map((place) => [place.rid, place]));
    fill(rooms, asked, roomed.map((room) => [room._id, room]));
    areRead.value = true;
  });
  await readAll();
}

/** Which of the answers are shown: one that was asked for earlier may come later. */
let allAsked = 0;
let queueAsked = 0;

interface Asked {
  readonly wish: Params;
  readonly lm: 1 | -1;
  readonly most: number;
}

/** What is asked for of all chats, which are not filtered while another list is shown. */
export const askedOfAll = computed(() => {
  const isShown = view.value === 'all';
  const of = (name: Filter): string | undefined => (isShown ? filters.value.get(name) : undefined);
  const isLookedThrough = (of('channel') ?? of('priority')) !== undefined || (isShown && sort.value === 'urgent');
  const asked: Asked = {
    wish: { departmentId: of('department'), 'agents[]': of('agent'), 'tags[]': of('tag') },
    lm: isShown && sort.value === 'earliest' ? 1 : -1,
    most: isLookedThrough ? MOST_LOOKED_THROUGH : MOST,
  };
  return JSON.stringify(asked);
});

async function readRooms(wish: Params, lm: 1 | -1, most: number): Promise<Rooms> {
  // What moves up meanwhile is on two pages.
  const found = new Map<string, Room>();
  for (let offset = 0; ; ) {
    const page = await get<Rooms>('livechat/rooms', { ...wish, count: Math.min(most, MOST), offset, sort: JSON.stringify({ lm }) });
    page.rooms.forEach((room) => found.set(room._id, room));
    offset += page.rooms.length;
    if (page.rooms.length === 0 || offset >= Math.min(most, page.total)) {
      return { rooms: [...found.values()], total: page.total };
    }
  }
}

async function readAll(): Promise<void> {
  if (seesAll.peek()) {
    turns += 1;
    const asked = turns;
    const of = askedOfAll.peek();
    const { wish, lm, most } = JSON.parse(of) as Asked;
    const states: readonly Params[] = [{ open: true }, { onhold: true }];
    const those = async (which: readonly Params[], one: Params, many: number): Promise<Rooms> => {
      const found = await Promise.all(which.map(async (state) => await readRooms({ ...one, ...state }, lm, many)));
      return { rooms: found.flatMap(({ rooms: some }) => some), total: found.reduce((sum, { total }) => sum + total, 0) };
    };
    const [found, counted, tagged] = await Promise.all([
      those(states, wish, most),
      Object.keys(wish).length === 0 ? undefined : those(states, {}, 1),
      wish['tags[]'] === undefined ? undefined : those([{ queued: true }], wish, MOST),
    ]);
    if (asked < allAsked) {
      return;
    }
    allAsked = asked;
    batch(() => {
      everything.value = { ...found, of, waiting: tagged?.rooms ?? [] };
      served.value = (counted ?? found).total;
    });
  }
}

async function readQueue(): Promise<void> {
  turns += 1;
  const asked = turns;
  const { inquiries, total } = await get<{ readonly inquiries: readonly Inquiry[]; readonly total: number }>(
    'livechat/inquiries.queuedForUser',
    { count: MOST },
  );
  if (asked < queueAsked) {
    return;
  }
  queueAsked = asked;
  fill(queue, asked, inquiries.map((inquiry) => [inquiry._id, inquiry]));
  beyond.value = Math.max(0, total - inquiries.length);
}

let queueSettling: ReturnType<typeof setTimeout> | undefined;

/** Of what was not read, nobody says when it comes nearer. */
function readQueueSoon(): void {
  clearTimeout(queueSettling);
  queueSettling = setTimeout(() => void readQueue().catch(() => undefined), SETTLED_MS);
}

let settling: ReturnType<typeof setTimeout> | undefined;

function readAllSoon(ms: number): void {
  clearTimeout(settling);
  settling = setTimeout(() => void readAll().catch(() => undefined), ms);
}

export const replaceRoom = (room: Room): void => heard(rooms, room._id, room);

function placeChanged(action: string, place: Place): void {
  if (place.t !== 'l') {
    return;
  }
  const isGone = action === 'removed';
  if (isGone && takenHere() === place.rid) {
    isTaking('');
  }
  heard(places, place.rid, isGone ? undefined : place);
}

interface Queued extends Inquiry {
  readonly type: string;
}

export const leaveQueue = (id: string): void => heard(queue, id, undefined);

/** Whether it stands where the server has it: what is new and not urgent is the last, and what was there stays. */
function isInPlace({ ts, priorityId, slaId }: Inquiry, before: Inquiry | undefined): boolean {
  const isAsUrgent = before?.priorityId === priorityId && before?.slaId === slaId;
  return isAsUrgent && (before !== undefined || waiting.peek().every((one) => millis(one.ts) <= millis(ts)));
}

function queueChanged(inquiry: Queued): void {
  const before = queue.peek().get(inquiry._id);
  const isOurs = inquiry.department === undefined || heardQueues.has(inquiry.department);
  const waits = inquiry.type !== 'removed' && inquiry.status === 'queued' && isOurs;
  const isInOrder = !waits || isInPlace(inquiry, before);
  heard(queue, inquiry._id, waits ? { ...before, ...inquiry } : undefined);
  if (!isInOrder || beyond.peek() > 0) {
    readQueueSoon();
  }
}

const heardQueues = new Set<string>();
const heardTyping = new Map<string, () => void>();

export function hearOfLists(user: string): void {
  const own = (event: string, hear: (...args: readonly unknown[]) => void) =>
    listen('stream-notify-user', `${user}/${event}`, hear);
  own('subscriptions-changed', (action, place) => placeChanged(action as string, place as Place));
  own('rooms-changed', (_, room) => replaceRoom(room as Room));
  listen('stream-livechat-inquiry-queue-observer', 'public', (inquiry) => queueChanged(inquiry as Queued));
  effect(() => {
    for (const id of queues.value.filter((department) => !heardQueues.has(department))) {
      heardQueues.add(id);
      const { ready } = listen('stream-livechat-inquiry-queue-observer', `department/${id}`, (inquiry) =>
        queueChanged(inquiry as Queued),
      );
      // Some may have come after the queue was read, and before it was listened to.
      void ready.then(readQueueSoon);
    }
  });
  effect(() => {
    const wanted = new Set(onScreen.value.filter((rid) => places.value.has(rid)));
    for (const [rid, stop] of heardTyping) {
      if (!wanted.has(rid)) {
        stop();
        heardTyping.delete(rid);
      }
    }
    for (const rid of wanted) {
      if (!heardTyping.has(rid)) {
        const { stop } = listen('stream-notify-room', `${rid}/user-activity`, (username, activities) =>
          heardOf(rid, username as string, activities as readonly string[]),
        );
        heardTyping.set(rid, stop);
      }
    }
  });
  effect(() => {
    const asked = askedOfAll.value;
    if (everything.value !== undefined && everything.value.of !== asked) {
      readAll().catch(() => readAllSoon(AGAIN_MS));
    }
  });
  let isHearingAll = false;
  effect(() => {
    if (seesAll.value && !isHearingAll) {
      isHearingAll = true;
      listen('stream-room-messages', '__my_messages__', () => readAllSoon(SETTLED_MS));
      if (areRead.peek()) {
        readAllSoon(SETTLED_MS);
      }
    }
  });
}
