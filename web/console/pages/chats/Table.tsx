import { millis, type Room } from '../../api/documents.ts';
import { departmentName, nameOf } from '../../live/people.ts';
import { ask } from '../../parts/asking.ts';
import { Mark } from '../../parts/Icon.tsx';
import { address } from '../../place.ts';
import { duration, number, t, when } from '../../texts.ts';
import { stateOf } from './state.ts';

export function Table({ rooms, open }: { readonly rooms: readonly Room[]; readonly open: string }) {
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
        {rooms.map((room) => (
          <Row key={room._id} room={room} isOpen={room._id === open} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ room, isOpen }: { readonly room: Room; readonly isOpen: boolean }) {
  const [mark, word] = stateOf(room);
  const begun = millis(room.ts);
  return (
    <tr class={isOpen ? 'is-selected' : ''}>
      <td>
        <a
          href={address(`/inbox/${room._id}`)}
          aria-current={isOpen ? 'true' : undefined}
          onClick={(event) => {
            // With another button or a key it is the browser's.
            if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
              event.preventDefault();
              ask({ open: room._id });
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
        <bdi>{room.servedBy === undefined ? '' : nameOf(room.servedBy.username)}</bdi>
      </td>
      <td class="wide">
        {room.tags?.map((tag) => (
          <span key={tag} class="chip">
            <bdi>{tag}</bdi>
          </span>
        ))}
      </td>
      <td class="num wide">{number(room.msgs)}</td>
      <td class="num wide">{room.open === true ? '' : duration(millis(room.closedAt ?? room.lm) - begun)}</td>
      <td class="num">{when(begun, Date.now())}</td>
    </tr>
  );
}
