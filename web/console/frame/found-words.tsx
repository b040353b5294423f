// Chats of all times in which words were said, as the palette names them: it comes with the first words.
import { millis, type Room } from '../api/documents.ts';
import { leadTo } from '../commands.ts';
import { minute } from '../live/clock.ts';
import { addressOf, chatsWith, type FoundLine } from '../live/search.ts';
import { t, when } from '../texts.ts';
import { lookedAt, type Mark, marksOf, ranked, wordsOf } from './finding.ts';
import { beginning, iconOf, Note, type Option, stateOf } from './found-chats.tsx';

const MOST_BEFORE = 16;

interface Marked {
  readonly line: string;
  readonly marks: readonly Mark[];
}

/** A line from a little before what is marked, so that it is seen where there is little room. */
function around({ line, marks }: Marked): Marked {
  const first = marks[0]?.start ?? 0;
  if (first <= MOST_BEFORE) {
    return { line, marks };
  }
  const characters = Array.from(line);
  const least = first - MOST_BEFORE;
  const gap = characters.findIndex((character, place) => place >= least && place < first && /\s/.test(character));
  const from = gap === -1 ? least : gap + 1;
  return { line: `…${characters.slice(from).join('')}`, marks: marks.map(({ start, length }) => ({ start: start - from + 1, length })) };
}

/** What was said is the title, where that is how it was found. */
function saidOption(room: Room, { line, marks, message }: FoundLine): Pick<Option, 'icon' | 'title' | 'marks' | 'note'> {
  const shown = around({ line, marks });
  const title = t('inQuotes', { text: shown.line });
  const before = Array.from(title.slice(0, title.indexOf(shown.line))).length;
  return {
    icon: 'chats',
    title,
    marks: shown.marks.map(({ start, length }) => ({ start: start + before, length })),
    note: <Note words={room.fname ?? ''} behind={when(millis(message?.sentAt ?? room.lm), minute.value)} />,
  };
}

function foundOption(room: Room, line: FoundLine | undefined, words: readonly string[]): Option {
  const lead = { id: room._id, ...leadTo(addressOf(room._id, line)) };
  if (line?.place === 'message') {
    return { ...lead, ...saidOption(room, line) };
  }
  const name = room.fname ?? '';
  const state = stateOf(room);
  const other = line === undefined || line.place === 'name' ? '' : line.line;
  return {
    ...lead,
    icon: iconOf(state) ?? 'chats',
    title: name,
    marks: marksOf(name, words),
    note: <Note before={beginning(state, other !== '')} words={other} behind={when(millis(room.lm), minute.value)} />,
    isNamed: true,
  };
}

/** What the palette shows of them while this is written, without those that it names already. */
export type Shown = (written: string, but: ReadonlySet<string>) => readonly Option[];

export async function find(asked: string): Promise<Shown> {
  const { rooms, lines } = await chatsWith(asked);
  return (written, but) => {
    const words = wordsOf(written);
    // While somebody goes on writing, what fits of it stays until the answer is there.
    const stillFits = ({ _id, fname = '' }: Room): boolean => written === asked || ranked([lookedAt(`${fname} ${lines.get(_id)?.line ?? ''}`)], words).length > 0;
    return rooms.filter((room) => !but.has(room._id) && stillFits(room)).map((room) => foundOption(room, lines.get(room._id), words));
  };
}
