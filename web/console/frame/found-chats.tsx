// Chats that go on, as the palette names them, and what it says of any.
import { computed } from '@preact/signals';
import type { ComponentChildren } from 'preact';

import type { Inquiry, Room } from '../api/documents.ts';
import { type Command, leadTo } from '../commands.ts';
import { HOUR_MS, minute, now } from '../live/clock.ts';
import { everything, mine, waiting } from '../live/lists.ts';
import { queuedRow, type Row, rowOf, servedRow } from '../live/row.ts';
import { duration, t, when } from '../texts.ts';
import type { TextKey } from '../texts/tables.ts';
import { type Looked, lookedAt, type Mark, marksOf } from './finding.ts';

/** One line of the palette. */
export interface Option extends Pick<Command, 'icon' | 'path' | 'act' | 'keys'> {
  /** What tells it apart from all others. */
  readonly id: string;
  /** What stands before the title. Each runs as it is written. */
  readonly whole?: string;
  readonly title: string;
  readonly marks: readonly Mark[];
  readonly turns?: boolean;
  /** What stands behind it. */
  readonly note?: ComponentChildren;
  /** It is the note that is shortened, and not the title. */
  readonly isNamed?: true;
}

export type State = 'served' | 'queued' | 'held' | 'over';

const STATES: Readonly<Record<State, TextKey>> = { served: 'chatIsOpen', queued: 'chatIsQueued', held: 'chatIsHeld', over: 'chatIsOver' };

export const stateOf = ({ open, onHold, servedBy }: Room): State => (open !== true ? 'over' : onHold === true ? 'held' : servedBy === undefined ? 'queued' : 'served');

/** Of those in which nothing is said now, wherever they come from. */
export const iconOf = (state: State): string | undefined => (state === 'held' || state === 'over' ? 'history' : undefined);

interface Known extends Looked {
  readonly rid: string;
  readonly name: string;
  readonly state: State;
  /** Made for those that are shown: there may be many. */
  readonly row: () => Row;
}

const named = (rid: string, name: string, state: State, row: () => Row): Known => ({ ...lookedAt(name), rid, name, state, row });
const ofRoom = (room: Room): Known => named(room._id, room.fname ?? '', stateOf(room), () => rowOf(room));
/** Of chats of others is known who has them. */
const ofOthers = (room: Room): Known => named(room._id, room.fname ?? '', stateOf(room), () => servedRow(room));
const ofInquiry = (inquiry: Inquiry): Known => named(inquiry.rid, inquiry.name ?? '', 'queued', () => queuedRow(inquiry));

/** Those that go on, as far as they are known here; one's own come first. */
export const knownChats = computed<readonly Known[]>(() => {
  const all = new Map<string, Known>();
  for (const one of [...mine.value.map(ofRoom), ...(everything.value?.rooms ?? []).map(ofOthers), ...waiting.value.map(ofInquiry)]) {
    if (!all.has(one.rid)) {
      all.set(one.rid, one);
    }
  }
  return [...all.values()];
});

const BETWEEN = ' · ';

/** What is known of a chat, with what comes behind it if that is anything. */
export const beginning = (state: State, goesOn: boolean): string => `${t(STATES[state])}${goesOn ? BETWEEN : ''}`;

interface NoteProps {
  readonly before?: string;
  /** Of what is said of a chat, these alone may be long. */
  readonly words: string;
  readonly behind?: ComponentChildren;
}

/** Each runs as it is written, and is shortened at its own end. */
export function Note({ before, words, behind }: NoteProps) {
  return (
    <>
      {before}
      {words === '' ? null : <bdi class="cut-text">{words}</bdi>}
      {behind === undefined ? null : <>{BETWEEN}{behind}</>}
    </>
  );
}

/** Since when the visitor waits, or when the last words were said. */
function Since({ at, waits }: Pick<Row, 'at' | 'waits'>) {
  return <span class="num">{waits ? duration((now.peek() - at < HOUR_MS ? now : minute).value - at) : when(at, minute.value)}</span>;
}

function KnownNote({ state, row }: Pick<Known, 'state' | 'row'>) {
  const { words, isOwn, at, waits } = row();
  return (
    <Note
      before={`${beginning(state, words !== '')}${isOwn && words !== '' ? t('saidByYou', { text: '' }) : ''}`}
      words={words}
      {...(state === 'held' ? {} : { behind: <Since at={at} waits={waits} /> })}
    />
  );
}

export const optionOf = ({ rid, name, state, row }: Known, words: readonly string[]): Option => ({
  id: rid,
  icon: iconOf(state) ?? row().icon,
  title: name,
  marks: marksOf(name, words),
  note: <KnownNote state={state} row={row} />,
  isNamed: true,
  ...leadTo(`/inbox/${rid}`),
});
