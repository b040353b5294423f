import './forward.css';

import { effect, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { type Agent, calledAs, type Room } from '../../api/documents.ts';
import { forward, type Target } from '../../live/acts.ts';
import { begunOf, keepBegun } from '../../live/drafts.ts';
import { agents, departmentName, departments, me, readColleagues, readLoads } from '../../live/people.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { plain } from '../../parts/plain.ts';
import { Popover } from '../../parts/Popover.tsx';
import { count, t } from '../../texts.ts';

interface Props {
  readonly room: Room;
  readonly close: () => void;
}

interface Choice extends Target {
  readonly key: string;
  readonly agent?: Agent;
}

const isAvailable = (agent: Agent): boolean =>
  agent.statusLivechat === 'available' && agent.status !== 'offline';

export function Forward({ room, close }: Props) {
  const wanted = useSignal('');
  const begun = begunOf(room._id, 'handover');
  /** The key of what is chosen. */
  const to = useSignal(begun?.to);
  const comment = useSignal(begun?.comment ?? '');
  const isBusy = useSignal(false);
  const loads = useSignal<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    readColleagues().catch(() => undefined);
    const look = async (): Promise<void> => {
      loads.value = await readLoads().catch(() => loads.peek());
    };
    void look();
  }, []);
  const fits = (name: string): boolean => plain(name).includes(plain(wanted.value.trim()));
  const toDepartments = departments.value
    .filter(({ _id, enabled, name }) => enabled && _id !== room.departmentId && fits(name))
    .map(({ _id, name }): Choice => ({ key: _id, departmentId: _id, name }));
  const toAgents = agents.value
    .filter((agent) => agent._id !== me.value?._id && agent._id !== room.servedBy?._id)
    .filter(({ name = '', username }) => fits(`${name} ${username}`))
    .toSorted((one, other) => Number(isAvailable(other)) - Number(isAvailable(one)))
    .map((agent): Choice => ({ key: agent._id, userId: agent._id, name: calledAs(agent), agent }));
  const all = [...toDepartments, ...toAgents];
  const chosen = all.find(({ key }) => key === to.value);
  const move = (by: number): void => {
    const at = all.findIndex(({ key }) => key === to.peek());
    to.value = all[Math.min(Math.max(0, at + by), all.length - 1)]?.key;
  };
  useLayoutEffect(
    () =>
      effect(() => {
        const now = { comment: comment.value, ...(to.value === undefined ? {} : { to: to.value }) };
        keepBegun(room._id, 'handover', now.comment === '' && to.value === undefined ? undefined : now);
      }),
    [],
  );
  useEffect(() => {
    document.querySelector('#targets .is-active')?.scrollIntoView({ block: 'nearest' });
  }, [chosen?.key]);
  const comments = useRef<HTMLTextAreaElement>(null);
  /** Whether one goes on with the comment, once it is there. */
  const goesOn = useRef(false);
  // Before another key comes.
  useLayoutEffect(() => {
    if (goesOn.current && comments.current !== null) {
      goesOn.current = false;
      comments.current.focus();
    }
  }, [chosen?.key]);
  const act = async (): Promise<void> => {
    if (chosen === undefined || isBusy.peek()) {
      return;
    }
    isBusy.value = true;
    const { key: _, agent: __, ...target } = chosen;
    const done = await forward(room, target, comment.peek().trim());
    isBusy.value = false;
    if (done) {
      keepBegun(room._id, 'handover', undefined);
      close();
    }
  };
  const option = (choice: Choice) => (
    <li
      key={choice.key}
      id={`to-${choice.key}`}
      role="option"
      aria-selected={choice === chosen}
      class={choice === chosen ? 'option is-active' : 'option'}
      onClick={() => {
        to.value = choice.key;
      }}
    >
      {choice.agent === undefined ? (
        <Icon name="place" />
      ) : (
        <Avatar name={choice.name} username={choice.agent.username} size={22} presence={isAvailable(choice.agent) ? 'online' : 'away'} />
      )}
      <span class="cut-text">
        <bdi>{choice.name}</bdi>{' '}
        <span class="meta">{choice.agent?.departments?.map((id) => departmentName(id)).join(', ')}</span>
      </span>
      <span class="load">
        {choice.agent === undefined ? online(choice.departmentId) : isAvailable(choice.agent) ? count('chatsOf', loads.value.get(choice.agent._id) ?? 0) : t('away')}
      </span>
    </li>
  );
  return (
    <Popover label={t('forwardTitle')} kind="forward" close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
            event.preventDefault();
            void act();
          }
        }}
      >
        <div class="find">
          <Icon name="search" />
          <input
            role="combobox"
            aria-expanded={all.length > 0}
            aria-controls="targets"
            aria-activedescendant={chosen === undefined ? undefined : `to-${chosen.key}`}
            aria-label={t('agentOrDepartment')}
            placeholder={t('agentOrDepartment')}
            value={wanted.value}
            onInput={(event) => {
              wanted.value = event.currentTarget.value;
              to.value = undefined;
            }}
            onKeyDown={(event) => {
              const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
              if (by !== undefined) {
                event.preventDefault();
                move(by);
              } else if (event.key === 'Enter' && !event.metaKey && !event.ctrlKey) {
                event.preventDefault();
                if (chosen === undefined) {
                  goesOn.current = all.length > 0;
                  move(1);
                } else {
                  comments.current?.focus();
                }
              }
            }}
          />
          <Key keys="F" />
        </div>
        {all.length === 0 ? (
          <p class="empty-list">{t('noTarget')}</p>
        ) : (
          <div id="targets" class="targets" role="listbox" aria-label={t('agentOrDepartment')}>
            {toDepartments.length === 0 ? null : (
              <ul role="group" aria-label={t('departments')}>
                <li role="presentation" class="title">
                  {t('departments')}
                </li>
                {toDepartments.map(option)}
              </ul>
            )}
            {toAgents.length === 0 ? null : (
              <ul role="group" aria-label={t('agents')}>
                <li role="presentation" class="title">
                  {t('agents')}
                </li>
                {toAgents.map(option)}
              </ul>
            )}
          </div>
        )}
        {chosen === undefined ? null : (
          <div class="foot">
            <label for="forward-comment">{t('commentFor', { name: chosen.name })}</label>
            <textarea
              ref={comments}
              id="forward-comment"
              class="input"
              dir="auto"
              value={comment.value}
              onInput={(event) => {
                comment.value = event.currentTarget.value;
              }}
            />
            <div class="line">
              <span class="meta">{t('forwardHelp', { name: room.fname ?? '' })}</span>
              <span class="push" />
              <button type="submit" class="button primary" aria-disabled={isBusy.value}>
                <span>{t('forward')}</span>
                <Key keys="mod enter" />
              </button>
            </div>
          </div>
        )}
      </form>
    </Popover>
  );
}

function online(department: string | undefined): string {
  const all = agents.value.filter(({ departments: of = [] }) => department !== undefined && of.includes(department));
  return t('agentsAvailable', { count: all.filter(isAvailable).length, total: all.length });
}
