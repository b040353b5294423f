import { calledAs } from '../../api/documents.ts';
import { type Scene, withRoom } from '../../live/routing.ts';
import type { Values } from '../../live/some-settings.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { count, duration, listed, number, t } from '../../texts.ts';

interface Props {
  /** As they stand on the screen, saved or not. */
  readonly values: Values;
  readonly scene: Scene;
}

/** What would happen to a chat that came now. */
function story(values: Values, scene: Scene): string {
  const method = values['Livechat_Routing_Method'];
  if (values['Livechat_assign_new_conversation_to_bot'] === true) {
    return t('nextBot');
  }
  if (scene.candidates.length === 0) {
    return t(values['Livechat_accept_chats_with_no_agents'] === true ? 'nextTaken' : 'nextRefused');
  }
  if (method === 'Manual_Selection') {
    return t('nextWaits');
  }
  if (method === 'External') {
    const url = String(values['Livechat_External_Queue_URL'] ?? '');
    return url === '' ? t('nextNoUrl') : t('nextAsks', { url });
  }
  const free = withRoom(scene, Number(values['Livechat_maximum_chats_per_agent'] ?? 0));
  const [first] = free;
  if (first === undefined) {
    return t(values['Livechat_waiting_queue'] === true ? 'nextWaitsForRoom' : 'nextFullRefused');
  }
  // Whose turn it is by what was before is known to the server alone; by open chats, to everybody.
  const among = method === 'Load_Balancing' ? free.filter(({ chats }) => chats === first.chats) : free;
  return among.length === 1 ? t('nextGoesTo', { name: calledAs(first.agent) }) : t('nextGoesToOneOf', { names: listed(among.map(({ agent }) => calledAs(agent))) });
}

export function Next({ values, scene }: Props) {
  const limit = Number(values['Livechat_maximum_chats_per_agent'] ?? 0);
  return (
    <aside class="routing-next" aria-label={t('nextChat')}>
      <h2>{t('nextChat')}</h2>
      <p class="routing-story" role="status">
        {story(values, scene)}
      </p>
      <p class="meta">{t('nextWithout')}</p>
      <h3>{t('queue')}</h3>
      <p>
        {count('waitingCount', scene.waiting)}
        {scene.longestWaitMs === undefined ? '' : `, ${t('longestWaits', { time: duration(scene.longestWaitMs) })}`}
      </p>
      <h3>{count('agentsOnlineNow', scene.candidates.length)}</h3>
      <ul>
        {scene.candidates.map(({ agent, chats, most }) => {
          const at = most ?? limit;
          return (
            <li key={agent._id} class="line">
              <Avatar name={calledAs(agent)} username={agent.username} size={22} presence={agent.status} />
              <bdi>{calledAs(agent)}</bdi>
              <span class="push num">{at > 0 ? t('loadOf', { chats, most: at }) : number(chats)}</span>
            </li>
          );
        })}
      </ul>
    </aside>
  );
}
