// How chats are given out, as the settings say, and what the next one will meet.
import { get } from '../api/http.ts';
import { type Answerer, isThere, mostOf, readAnswerers } from './departments.ts';
import { may } from './people.ts';

/** What the page is about, in its order. */
export const IDS = [
  'Livechat_Routing_Method',
  'Livechat_accept_chats_with_no_agents',
  'Livechat_assign_new_conversation_to_bot',
  'Livechat_last_chatted_agent_routing',
  'Omnichannel_contact_manager_routing',
  'Livechat_External_Queue_URL',
  'Livechat_waiting_queue',
  'Livechat_waiting_queue_message',
  'Omnichannel_sorting_mechanism',
  'Livechat_max_queue_wait_time',
  'Livechat_maximum_chats_per_agent',
  'Livechat_auto_transfer_chat_timeout',
  'Livechat_visitor_inactivity_timeout',
  'Livechat_abandoned_rooms_action',
  'Livechat_agent_leave_action',
  'Livechat_agent_leave_action_timeout',
  'Livechat_allow_manual_on_hold',
  'Livechat_auto_close_on_hold_chats_timeout',
] as const;

export type Id = (typeof IDS)[number];

export interface Candidate {
  readonly agent: Answerer;
  readonly chats: number;
  readonly most: number | undefined;
}

export interface Scene {
  readonly candidates: readonly Candidate[];
  readonly waiting: number;
  readonly longestWaitMs: number | undefined;
}

/** Who is there now, and how much they have. */
export async function readScene(): Promise<Scene> {
  const [agents, { queue }, waits] = await Promise.all([
    readAnswerers(),
    get<{ readonly queue: readonly { readonly user: { readonly _id: string }; readonly chats: number }[] }>('livechat/queue', { count: 0 }),
    may('view-livechat-manager')
      ? get<{ readonly waiting: number; readonly longestWaitMs: number | null }>('figures/waits', {}, 'hark/v1')
      : { waiting: 0, longestWaitMs: null },
  ]);
  const candidates = agents
    .filter(isThere)
    .map((agent) => ({ agent, most: mostOf(agent), chats: queue.filter(({ user }) => user._id === agent._id).reduce((sum, { chats }) => sum + chats, 0) }));
  return { candidates, waiting: waits.waiting, longestWaitMs: waits.longestWaitMs ?? undefined };
}

/** Those who have room, by the limits of agents and of the settings; who has fewest chats comes first. */
export function withRoom({ candidates }: Scene, limit: number): readonly Candidate[] {
  return candidates
    .filter(({ chats, most }) => {
      const at = most ?? limit;
      return at <= 0 || chats < at;
    })
    .toSorted((one, other) => one.chats - other.chats || one.agent.username.localeCompare(other.agent.username));
}
