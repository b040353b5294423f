import type { Presence } from '../../api/documents.ts';
import { type Answerer, type Placed, presenceOf } from '../../live/departments.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { t } from '../../texts.ts';

interface Props {
  readonly placed: readonly Placed[];
  readonly answerers: readonly Answerer[];
  readonly isChanged: boolean;
  readonly change: (placed: readonly Placed[]) => void;
}

const whole = (text: string): number => Math.max(0, Math.trunc(Number(text)) || 0);

export const nameIn = (answerers: readonly Answerer[], { id, username }: Placed): string => answerers.find(({ _id }) => _id === id)?.name ?? username;

/** Who answers in a department, how many chats each has at most, and who is asked first. */
export function AgentsOf({ placed, answerers, isChanged, change }: Props) {
  const of = (id: string): Answerer | undefined => answerers.find(({ _id }) => _id === id);
  const presence = (id: string): Presence | undefined => {
    const agent = of(id);
    return agent && presenceOf(agent);
  };
  const set = (id: string, some: Partial<Placed>): void => change(placed.map((one) => (one.id === id ? { ...one, ...some } : one)));
  const others = answerers.filter(({ _id }) => !placed.some(({ id }) => id === _id));
  return (
    <section class="field" aria-label={t('agents')}>
      <p class="label">{t('agents')}</p>
      <ul class={isChanged ? 'routing-people is-changed' : 'routing-people'}>
        {placed.length === 0 ? null : (
          <li class="head" aria-hidden="true">
            <span />
            <span />
            <span>{t('atMost')}</span>
            <span>{t('order')}</span>
          </li>
        )}
        {placed.map((one) => {
          const name = nameIn(answerers, one);
          return (
            <li key={one.id}>
              <Avatar name={name} username={one.username} size={22} presence={presence(one.id)} />
              <bdi class="cut-text">{name}</bdi>
              <input
                class="input"
                type="number"
                min={0}
                aria-label={t('atMostOf', { name })}
                placeholder="–"
                value={one.most === 0 ? '' : one.most}
                onInput={(event) => set(one.id, { most: whole(event.currentTarget.value) })}
              />
              <input
                class="input"
                type="number"
                min={0}
                aria-label={t('orderOf', { name })}
                value={one.order}
                onInput={(event) => set(one.id, { order: whole(event.currentTarget.value) })}
              />
              <button type="button" class="icon-button small" aria-label={t('takeOut', { name })} title={t('takeOut', { name })} onClick={() => change(placed.filter(({ id }) => id !== one.id))}>
                <Icon name="x" />
              </button>
            </li>
          );
        })}
        <li class="add">
          <select
            class="input"
            aria-label={t('addAgentHere')}
            value=""
            disabled={others.length === 0}
            onChange={(event) => {
              const agent = of(event.currentTarget.value);
              if (agent !== undefined) {
                const most = Number(agent.livechat?.maxNumberSimultaneousChat ?? 0) || 0;
                change([...placed, { id: agent._id, username: agent.username, order: 0, most }]);
              }
              event.currentTarget.value = '';
            }}
          >
            <option value="">{t(others.length === 0 ? 'allAgentsHere' : 'addAgentHere')}</option>
            {others.map(({ _id, name, username }) => (
              <option key={_id} value={_id}>
                {name ?? username}
              </option>
            ))}
          </select>
        </li>
      </ul>
      <p class="help">{t('agentsOrderMore')}</p>
    </section>
  );
}
