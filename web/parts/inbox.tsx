import { type Inquiry, type Message, type Note, type Place, type Room } from '../console/api/documents.ts';
import { most } from '../console/live/capacity.ts';
import type { Chat } from '../console/live/chat.ts';
import { deliveries } from '../console/live/deliveries.ts';
import { keepDraft, keepMode, keepReadUntil } from '../console/live/drafts.ts';
import { places, queue, rooms } from '../console/live/lists.ts';
import type { Outgoing } from '../console/live/outbox.ts';
import { typing } from '../console/live/typing.ts';
import type { Upload } from '../console/live/uploads.ts';
import { changeOf, editing } from '../console/pages/inbox/editing.ts';
import { entriesOf } from '../console/pages/inbox/entries.ts';
import { QueueStrip } from '../console/pages/inbox/List.tsx';
import { ListRow } from '../console/pages/inbox/ListRow.tsx';
import { LogEntry, Unsent } from '../console/pages/inbox/Log.tsx';
import { quoting } from '../console/live/quotes.ts';
import type { Row } from '../console/live/row.ts';
import { Sending } from '../console/pages/inbox/Sending.tsx';
import { Foot } from '../console/pages/inbox/Talk.tsx';
import { LONG, LONG_WORD, nothing } from './data.ts';
import type { Group, State } from './state.ts';

const MINUTE = 60_000;
const at = (hour: number, minute: number): number => new Date().setHours(hour, minute, 0, 0);

const NOOR = { _id: 'noor', username: 'guest-1', name: 'Noor Jansen' };
const PRIYA = { _id: 'priya', username: 'priya', name: 'Priya Raman' };
const TOMAS = { _id: 'tomas', username: 'tomas', name: 'Tomás Field' };

const RID = 'chat';
const ROOM: Room = { _id: RID, t: 'l', fname: NOOR.name, msgs: 12, ts: at(14, 3), lm: at(14, 8), v: NOOR, open: true, servedBy: { ...PRIYA, ts: at(14, 4) }, _updatedAt: at(14, 8) };

const message = (u: Message['u'], ts: number, msg: string, more: Partial<Message> = {}): Message => ({
  _id: `${u._id} ${ts} ${msg}`,
  rid: RID,
  msg,
  ts,
  u,
  _updatedAt: ts,
  ...(u === NOOR ? { token: 'noor' } : {}),
  ...more,
});
const theirs = (msg: string, more?: Partial<Message>): Message => message(NOOR, at(14, 3), msg, more);
const ours = (msg: string, more?: Partial<Message>): Message => message(PRIYA, at(14, 6), msg, more);

interface Said {
  readonly messages?: readonly Message[];
  readonly notes?: readonly Note[];
  readonly outgoing?: readonly Outgoing[];
  readonly uploads?: readonly Upload[];
  /** Until when the visitor has read. */
  readonly read?: number;
  readonly unsent?: { readonly words: string; readonly isTyping: boolean };
}

/** What stands in the log of a chat, without the day. */
const said = (name: string, { messages = [], notes = [], outgoing = [], uploads = [], read = 0, unsent }: Said, more: Omit<State, 'name' | 'draw'> = {}): State => ({
  name,
  ...more,
  draw: () => (
    <>
      {more.high === undefined ? null : <h2 class="unseen">{NOOR.name}</h2>}
      <ol class="log has-marks">
        {entriesOf(ROOM, messages, notes, PRIYA._id, outgoing, read).map((entry) => (entry.is === 'day' ? null : <LogEntry key={entry.key} entry={entry} />))}
        {uploads.map((one) => (
          <Sending key={one.id} upload={one} />
        ))}
        {unsent === undefined ? null : <Unsent name={NOOR.name} {...unsent} />}
      </ol>
    </>
  ),
});

const QUESTION = theirs('Do I have to send the cracked one back?');
const ANSWER = ours('No need, Noor. A new one leaves our workshop today.');
const QUOTING = ours('Of course.', { attachments: [{ message_link: 'https://hark.example/live/chat?msg=1', author_name: NOOR.name, text: QUESTION.msg }] });
const OUTGOING: Outgoing = { id: '1', rid: RID, text: ANSWER.msg, at: at(14, 6), seen: at(14, 6) };

const picture = (name: string): Partial<Message> => ({ attachments: [{ title: name, title_link: '/file-upload/bowl', image_url: '/file-upload/bowl', image_size: 212_000 }] });
const paper = (name: string): Partial<Message> => ({ attachments: [{ title: name, title_link: '/file-upload/paper', size: 48_000 }] });
const upload = (name: string, more: Partial<Upload>): Upload => ({ id: 1, rid: RID, file: new File(['of it'], name), progress: 0.4, cancel: nothing, ...more });

const note = (author: Message['u'], text: string, more: Partial<Note> = {}): Note => ({
  id: text,
  conversation: RID,
  sequence: 4,
  author: { id: author._id, username: author.username, name: author.name ?? null },
  text,
  mentions: [],
  addedAt: new Date(at(14, 8)).toISOString(),
  editedAt: null,
  ...more,
});

const event = (name: string, t: string, more: Partial<Message> = {}, u: Message['u'] = TOMAS, msg = ''): State => said(name, { messages: [message(u, at(14, 30), msg, { t, ...more })] });

const ENDPOINTS = ['CRM', 'Data warehouse', 'Order desk'];
/** Of what is said at this time, each endpoint has heard in its way. */
const heard = (hour: number, minute: number, states: readonly ('pending' | 'delivered' | 'given-up')[]) =>
  states.map((state, place) => ({
    id: `${hour} ${minute} ${place}`,
    endpoint: { id: String(place), name: ENDPOINTS[place] ?? '', dialect: 'standard' as const },
    eventId: place,
    kind: 'message.visitor',
    conversation: RID,
    visitor: NOOR.name,
    sequence: 2,
    happenedAt: new Date(at(hour, minute)).toISOString(),
    state,
    attempts: 2,
    attemptsBefore: 0,
    nextAttemptAt: state === 'pending' ? new Date(Date.now() + MINUTE).toISOString() : null,
    settledAt: null,
    status: state === 'delivered' ? 200 : 503,
    error: state === 'delivered' ? null : 'status',
  }));
deliveries.value = [...heard(15, 1, ['delivered', 'delivered']), ...heard(15, 2, ['delivered', 'pending']), ...heard(15, 3, ['delivered', 'pending', 'given-up'])];
const marked = (minute: number): Said => ({ messages: [message(NOOR, at(15, minute), QUESTION.msg)] });

const row = (name: string, shown: Partial<Row>, more: Omit<State, 'name' | 'draw'> = {}): State => ({
  name,
  ...more,
  draw: () => (
    <ListRow
      isStop
      row={{ rid: 'row', icon: 'globe', name: NOOR.name, words: QUESTION.msg, isOwn: false, isTyping: false, unread: 0, department: 'Support', tags: [], at: at(14, 3), waits: false, ...shown }}
    />
  ),
});
const ago = (minutes: number): number => Date.now() - minutes * MINUTE;

const inquiry = (minutes: number): Inquiry => ({ _id: String(minutes), rid: `waits ${minutes}`, name: NOOR.name, ts: ago(minutes), status: 'queued' });
const isQueued = (...minutes: readonly number[]): void => {
  queue.value = new Map(minutes.map((each) => [String(each), inquiry(each)]));
};
const place = (rid: string): Place => ({ _id: rid, rid, t: 'l', unread: 0, ts: at(14, 3) });
/** As many chats as one may have. */
const isFull = (): void => {
  most.value = 1;
  places.value = new Map([[RID, place(RID)]]);
  rooms.value = new Map([[RID, ROOM]]);
};

const strip = (name: string, given: () => void): State => ({
  name,
  high: 64,
  draw: () => {
    given();
    return <QueueStrip />;
  },
});

/** Where one writes in a chat of one's own, or what stands there else; each in a chat that no other has. */
const composer = (name: string, { room = {}, messages = [QUESTION], given = nothing, isOwn = true, press = [], high }: Composed = {}): State => ({
  name,
  ...(high === undefined ? {} : { high }),
  press,
  draw: () => {
    const rid = name;
    if (isOwn) {
      places.value = new Map([...places.peek(), [rid, place(rid)]]);
    }
    given(rid);
    const chat: Chat = { rid, state: 'there', room: { ...ROOM, ...room, _id: rid }, messages: messages.map((one) => ({ ...one, rid })), hasEarlier: false };
    return (
      <div class="at-the-foot">
        <Foot chat={chat} />
      </div>
    );
  },
});

interface Composed {
  readonly room?: Partial<Room>;
  readonly messages?: readonly Message[];
  readonly given?: (rid: string) => void;
  readonly isOwn?: boolean;
  readonly press?: readonly string[];
  readonly high?: number;
}

const begun = (words: string) => (rid: string) => keepDraft(rid, 'reply', words);

export const INBOX: Group = {
  name: 'Inbox',
  parts: [
    {
      name: 'List row',
      states: [
        row('rest: it waits for the visitor', { isOwn: true, words: ANSWER.msg }),
        row('unread', { unread: 2, waits: true, at: ago(0.5) }),
        row('it waits long', { unread: 1, waits: true, at: ago(1.5) }),
        row('it waits too long', { unread: 3, waits: true, at: ago(5) }),
        row('in the queue', { inquiry: '1', waits: true, at: ago(2), due: ago(-10) }),
        row('late by what was promised', { inquiry: '1', waits: true, at: ago(12), due: ago(2) }),
        row('urgent, with tags', { urgent: 'High', tags: ['breakage', 'parcel'] }),
        row('typing', { isTyping: true, waits: true, at: ago(0.2) }),
        row('on hold', { icon: 'code', words: 'Until the bank transfer arrives', at: ago(3000) }),
        row('focus', {}, { focus: '.row' }),
        row('pointed at', {}, { hover: '.row' }),
        row('chosen', { rid: 'open' }, { high: 90, at: '/inbox/open' }),
        row('from right to left', { name: 'ليلى منصور', words: 'ممتاز. وكم يستغرق التوصيل؟', unread: 1, waits: true, at: ago(1) }),
        row('long text', { name: LONG_WORD, words: LONG, unread: 120, waits: true, at: ago(500), department: LONG_WORD, tags: [LONG_WORD] }),
        row('empty: no words, no department', { words: '', department: undefined }),
      ],
    },
    {
      name: 'Queue strip',
      states: [strip('rest', () => isQueued(1)), strip('too long, and one has as many chats as one may', () => (isQueued(1, 2, 7), isFull()))],
    },
    {
      name: 'Event line',
      states: [
        event('started', 'livechat-started', {}, NOOR),
        event('taken', 'command', {}, PRIYA, 'connected'),
        event('forwarded, with a comment', 'livechat_transfer_history', { transferData: { transferredBy: TOMAS, transferredTo: PRIYA, scope: 'agent', comment: LONG } }),
        event('returned', 'livechat_transfer_history', { transferData: { transferredBy: TOMAS, scope: 'queue' } }),
        event('page opened', 'livechat_navigation_history', { navigation: { page: { title: 'How we pack' } } }, NOOR),
        event('closed', 'livechat-close', {}, TOMAS, 'A new bowl was sent.'),
      ],
    },
    {
      name: 'Message',
      states: [
        said('the visitor', { messages: [QUESTION] }),
        said('several of one', { messages: [theirs('Hi.'), theirs('One of the four bowls arrived with a crack.'), QUESTION] }),
        said('own, sent', { messages: [ANSWER] }),
        said('own, seen', { messages: [ANSWER], read: at(14, 7) }),
        said('edited', { messages: [ours(ANSWER.msg, { editedAt: at(14, 7), editedBy: PRIYA })] }),
        said('deleted', { messages: [theirs('', { t: 'rm', editedAt: at(14, 7), editedBy: TOMAS })] }),
        said('a colleague', { messages: [message(TOMAS, at(14, 6), ANSWER.msg)] }),
        said('a quote', { messages: [QUOTING] }),
        said('pointed at', { messages: [ANSWER] }, { hover: '.entry' }),
        said('focus', { messages: [ANSWER] }, { focus: '.own-tools button', hover: '.entry' }),
        said('on its way', { outgoing: [OUTGOING] }),
        said('not sent', { outgoing: [{ ...OUTGOING, fault: 'The chat is closed.' }] }),
        said('somebody was quicker', { outgoing: [{ ...OUTGOING, quicker: { name: TOMAS.name, at: at(14, 7) } }] }),
        said('typing', { unsent: { words: '', isTyping: true } }),
        said('typing, with the words', { unsent: { words: 'And how long does it', isTyping: true } }),
        said('heard by all webhooks', marked(1)),
        said('a webhook waits', marked(2)),
        said('a webhook was given up', marked(3)),
        said('who heard it', marked(3), { high: 240, press: ['.heard-mark'] }),
        said('long text', { messages: [theirs(`${LONG} ${LONG_WORD}`), ours(LONG)] }),
        said('from right to left', { messages: [theirs('ممتاز. وكم يستغرق التوصيل؟')] }),
      ],
    },
    {
      name: 'File',
      states: [
        said('a picture', { messages: [theirs('', picture('crack.jpg'))] }),
        said('with words', { messages: [ours('Here is the invoice.', paper('invoice.pdf'))] }),
        said('on its way', { uploads: [upload('crack.jpg', {})] }),
        said('not sent', { uploads: [upload('invoice.exe', { fault: 'Files of this type are not allowed.' })] }),
        said('long text', { messages: [theirs('', paper(`${LONG_WORD}.pdf`))] }),
      ],
    },
    {
      name: 'Note',
      states: [
        said('of a colleague, who tells another', { notes: [note(TOMAS, 'Same firing as KC-20371. @priya offer a new bowl.', { mentions: [{ id: 'priya', username: 'priya' }] })] }),
        said('own, pointed at', { notes: [note(PRIYA, 'She has four of them.')] }, { hover: '.entry' }),
        said('focus', { notes: [note(PRIYA, 'She has four of them.')] }, { focus: '.own-tools button', hover: '.entry' }),
        said('edited', { notes: [note(TOMAS, 'Same firing as KC-20371.', { editedAt: new Date(at(14, 9)).toISOString() })] }),
        said('long text', { notes: [note(TOMAS, `${LONG} ${LONG_WORD}`)] }),
      ],
    },
    {
      name: 'Composer',
      isWide: true,
      states: [
        composer('empty'),
        composer('with text', { room: { waitingResponse: true, lm: ago(2) }, given: begun('No need, Noor.') }),
        composer('long text', { given: begun(`${LONG}\n`.repeat(9)) }),
        composer('note', { given: (rid) => (keepMode(rid, 'note'), keepDraft(rid, 'note', 'Same firing as KC-20371.')) }),
        composer('canned responses', { press: ['.tools [title$="  /"]'], high: 340 }),
        composer('emoji', { press: ['.tools [aria-expanded]'], high: 380 }),
        composer('other ways to send', { given: begun('No need, Noor.'), press: ['.split [aria-expanded]'], high: 190 }),
        composer('a message is edited', { given: (rid) => (editing.value = changeOf({ ...ANSWER, rid })) }),
        composer('a message is quoted', { given: (rid) => (quoting.value = { ...QUESTION, rid }) }),
        composer('a colleague types', { given: (rid) => (typing.value = new Map([[rid, [TOMAS.username]]])) }),
        composer('a colleague was quicker', {
          messages: [QUESTION, message(TOMAS, at(14, 7), 'No need to send it back, Noor.')],
          given: (rid) => (begun('No need.')(rid), keepReadUntil(rid, at(14, 3))),
          press: ['.split .primary'],
        }),
        composer('on hold', { room: { onHold: true } }),
        composer('not allowed: a chat in the queue', { isOwn: false, given: (rid) => (queue.value = new Map([[rid, { ...inquiry(1), rid }]])) }),
        composer('not allowed: a chat of somebody else', { isOwn: false, room: { servedBy: { ...TOMAS, ts: at(14, 4) } } }),
        composer('not allowed: a closed chat', { isOwn: false, room: { open: false } }),
        composer('not allowed, but a note', { isOwn: false, room: { open: false }, given: (rid) => keepDraft(rid, 'note', 'She has four of them.') }),
      ],
    },
  ],
};
