// What those who work here do with chats.
import type { Note, Room } from '../api/documents.ts';
import { call, erase, get, patch, post, put } from '../api/http.ts';
import { chosenList, go, listWith } from '../place.ts';
import { complain, say } from './toasts.ts';
import { t } from '../texts.ts';
import { renew } from './chat.ts';
import { isTaking, leaveQueue, places } from './lists.ts';
import { forgetNote, takeNote } from './notes.ts';
import { isTaken, reason } from './reasons.ts';

/** Does it, or says why it was not done. */
async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    complain(reason(error));
    return false;
  }
}

/** The chat is one's own; it opens. Whoever may not have it now finds it in the queue later. */
export async function take(inquiryId: string, rid: string): Promise<void> {
  isTaking(rid);
  try {
    await call('livechat:takeInquiry', [inquiryId]);
    leaveQueue(inquiryId);
    go(`/inbox/${rid}${listWith({ view: '' })}`);
  } catch (error) {
    isTaking('');
    complain(reason(error));
    if (isTaken(error)) {
      leaveQueue(inquiryId);
    }
  }
}

/** Somebody who is in charge comes into a chat of another. */
export async function join(rid: string): Promise<void> {
  await attempt(() => get('livechat/room.join', { roomId: rid }));
}

export interface Closing {
  readonly comment: string;
  readonly tags: readonly string[];
  /** To whom the chat is mailed. */
  readonly transcript?: { readonly email: string; readonly subject: string };
}

export async function close(room: Room, { comment, tags, transcript }: Closing): Promise<boolean> {
  const done = await attempt(() =>
    post('livechat/room.closeByUser', {
      rid: room._id,
      ...(comment === '' ? {} : { comment }),
      ...(tags.length === 0 ? {} : { tags }),
      ...(transcript === undefined
        ? {}
        : { transcriptEmail: { sendToVisitor: true, requestData: transcript } }),
    }),
  );
  if (done) {
    say(t('closed', { name: room.fname ?? '' }));
    go(chosenList.peek());
  }
  return done;
}

export interface Target {
  readonly userId?: string;
  readonly departmentId?: string;
  readonly name: string;
}

export async function forward(room: Room, to: Target, comment: string): Promise<boolean> {
  const { name, ...target } = to;
  const done = await attempt(() =>
    post('livechat/room.forward', {
      roomId: room._id,
      ...target,
      ...(comment === '' ? {} : { comment }),
    }),
  );
  if (done) {
    say(t('forwarded', { name: room.fname ?? '', to: name }));
    go(chosenList.peek());
  }
  return done;
}

export async function giveBack(room: Room): Promise<void> {
  const done = await attempt(() => call('livechat:returnAsInquiry', [room._id, room.departmentId ?? null]));
  if (done) {
    say(t('returned', { name: room.fname ?? '' }));
    go(chosenList.peek());
  }
}

/** Nobody has to answer it for now. */
export async function hold(room: Room): Promise<boolean> {
  const done = await attempt(() => post('livechat/room.onHold', { roomId: room._id }));
  if (done) {
    say(t('held', { name: room.fname ?? '' }), () => void resume(room));
  }
  return done;
}

export async function resume(room: Room): Promise<void> {
  await attempt(() => post('livechat/room.resumeOnHold', { roomId: room._id }));
}

/** Without an id it has none any more. */
async function rank(rid: string, priorityId: string | undefined): Promise<boolean> {
  const path = `livechat/room/${rid}/priority`;
  return await attempt(() => (priorityId === undefined ? erase(path) : post(path, { priorityId })));
}

/** By its name, as it is called to the one who looks. */
export async function setPriority({ _id, priorityId }: Room, next: string | undefined, name: string): Promise<void> {
  if (await rank(_id, next)) {
    say(t('priorityIs', { priority: name }), () => void rank(_id, priorityId));
  }
}

export async function setSla(roomId: string, sla: string | undefined): Promise<void> {
  await attempt(() => put('livechat/inquiry.setSLA', { roomId, sla: sla ?? '' }));
}

export async function setAvailable(available: boolean): Promise<void> {
  const status = available ? 'available' : 'not-available';
  // What it is then is heard, as in every window: the answer may come after a later change.
  await attempt(() => call('livechat:changeLivechatStatus', [{ status }]));
}

/** Everything in a chat was seen. */
export async function see(rid: string): Promise<void> {
  if ((places.peek().get(rid)?.unread ?? 0) > 0) {
    await call('readMessages', [rid]).catch(() => undefined);
  }
}

/** The tags that are sent are all that the chat has afterwards, so they go along with whatever is changed. */
export async function writeDown(
  { _id, v, tags = [] }: Room,
  guest: Readonly<Record<string, unknown>>,
  about: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const done = await attempt(() =>
    post('livechat/room.saveInfo', {
      guestData: { _id: v?._id, ...guest },
      roomData: { _id, tags, ...about },
    }),
  );
  if (done) {
    // Nobody tells what became of the visitor.
    await renew(_id).catch(() => undefined);
  }
  return done;
}

export async function edit(rid: string, msgId: string, text: string): Promise<boolean> {
  return await attempt(() => call('updateMessage', [{ _id: msgId, rid, msg: text }]));
}

export async function remove(msgId: string): Promise<boolean> {
  return await attempt(() => call('deleteMessage', [{ _id: msgId }]));
}

/** For colleagues; they hear of it, the visitor never does. */
export async function addNote(rid: string, text: string): Promise<boolean> {
  return await attempt(async () => takeNote(await post<Note>(`conversations/${rid}/notes`, { text }, 'hark/v1')));
}

export async function editNote(rid: string, id: string, text: string): Promise<boolean> {
  return await attempt(async () => takeNote(await patch<Note>(`conversations/${rid}/notes/${id}`, { text }, 'hark/v1')));
}

export async function removeNote(rid: string, id: string): Promise<boolean> {
  return await attempt(async () => {
    await erase(`conversations/${rid}/notes/${id}`, 'hark/v1');
    forgetNote(rid, id);
  });
}
