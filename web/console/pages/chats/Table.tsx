import { Fragment } from 'preact';

import { millis, type Room } from '../../api/documents.ts';
import { addressOf, type FoundIn, type FoundLine } from '../../live/search.ts';
import { departmentName, nameOf } from '../../live/people.ts';
import { ask } from '../../parts/asking.ts';
import { Mark } from '../../parts/Icon.tsx';
import { MarkedLine } from '../../parts/MarkedLine.tsx';
import { address, go } from '../../place.ts';
import { duration, number, t, when } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { stateOf } from './state.ts';

const COLUMNS = 8;

/** In what a line stands that nobody said. */
const PLACES: Readonly<Record<Exclude<FoundIn, 'message'>, TextKey>> = {
  name: 'name',
  email: 'email',
  phone: 'phone',
  field: 'customField',
  topic: 'topic',
};

interface Props {
  readonly rooms: readonly Room[];
  readonly lines: ReadonlyMap<string, FoundLine>;
  readonly open: string;
}

export function Table({ rooms, lines, open }: Props) {
  return (
    <table class="chats">
      <thead>
        <tr>
          <th>{t('visitorName')}</th>
          <th>{t('stateOfChat')}</th>
          <th class="wide">{t('department')}</th>
          <th class="wide">{t('agent')}</th>
          <th class="wide">{t('tags')}</th>
          <th class="num wide">{t('messagesCount')}</th>
          <th class="num wide">{t('lasted')}</th>
          <th class="num">{t('startedAt')}</th>
        </tr>
      </thead>
      <tbody>
        {rooms.map((room) => {
          const line = lines.get(room._id);
          return (
            <Fragment key={room._id}>
              <Row room={room} line={line} isOpen={room._id === open} />
              {line === undefined ? null : <LineRow rid={room._id} line={line} />}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

const lastedOf = (room: Room): string => (room.open === true ? '' : duration(millis(room.closedAt ?? room.lm) - millis(room.ts)));

const agentOf = ({ servedBy }: Room): string => (servedBy === undefined ? '' : nameOf(servedBy.username));

/** What the table shows, for programs for tables. */
export const cellsOf = (rooms: readonly Room[]): readonly (readonly (string | number)[])[] => [
  [t('visitorName'), t('stateOfChat'), t('department'), t('agent'), t('tags'), t('messagesCount'), t('lasted'), t('startedAt')],
  ...rooms.map((room) => [
    room.fname ?? '',
    t(stateOf(room)[1]),
    departmentName(room.departmentId) ?? '',
    agentOf(room),
    room.tags?.join(', ') ?? '',
    room.msgs,
    lastedOf(room),
    new Date(millis(room.ts)).toISOString(),
  ]),
];

/** The line in which a chat was found; it leads there. */
function LineRow({ rid, line }: { readonly rid: string; readonly line: FoundLine }) {
  const { place, message } = line;
  const who = message?.author.name ?? message?.author.username;
  return (
    <tr class="chats-line">
      <td colSpan={COLUMNS}>
        <a href={address(addressOf(rid, line))} data-inside>
          <span class="meta">
            {place === 'message' ? <bdi>{who}</bdi> : t(PLACES[place])}
            {message === null ? '' : ` · ${when(millis(message.sentAt), Date.now())}`}
          </span>
          <span dir="auto">
            <MarkedLine line={line.line} marks={line.marks} />
          </span>
        </a>
      </td>
    </tr>
  );
}

interface RowProps {
  readonly room: Room;
  readonly line: FoundLine | undefined;
  readonly isOpen: boolean;
}

function Row({ room, line, isOpen }: RowProps) {
  const [mark, word] = stateOf(room);
  const begun = millis(room.ts);
  return (
    <tr id={`chat-${room._id}`} class={isOpen ? 'is-selected' : ''}>
      <td>
        <a
          href={address(`/inbox/${room._id}`)}
          aria-current={isOpen ? 'true' : undefined}
          onClick={(event) => {
            // With another button or a key it is the browser's.
            if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
              event.preventDefault();
              // Enter on the one that is shown beside the table goes on to it, as the button there does.
              if (isOpen && event.detail === 0) {
                go(addressOf(room._id, line));
              } else {
                ask({ open: room._id });
              }
            }
          }}
        >
          <bdi class="strong">{room.fname}</bdi>
        </a>
      </td>
      <td>
        <span class="state">
          <Mark state={mark} />
          {t(word)}
        </span>
      </td>
      <td class="wide">
        <bdi>{departmentName(room.departmentId)}</bdi>
      </td>
      <td class="wide">
        <bdi>{agentOf(room)}</bdi>
      </td>
      <td class="wide">
        {room.tags?.map((tag) => (
          <span key={tag} class="chip">
            <bdi>{tag}</bdi>
          </span>
        ))}
      </td>
      <td class="num wide">{number(room.msgs)}</td>
      <td class="num wide">{lastedOf(room)}</td>
      <td class="num">{when(begun, Date.now())}</td>
    </tr>
  );
}
