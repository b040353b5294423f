import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

import { type Endpoint, type Kind, readKinds } from '../../live/endpoints.ts';
import type { SentOne, Wanted } from '../../live/sent.ts';
import { ask } from '../../parts/asking.ts';
import { FilterChip } from '../../parts/FilterChip.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { answerName } from '../../parts/outcome.ts';
import { Popover } from '../../parts/Popover.tsx';
import { t, time, when } from '../../texts.ts';
import { familyOf } from './wanted.ts';
import { ANSWERS, type Fixed, stateName, STATES } from './wish.ts';

interface Props {
  readonly wanted: Wanted;
  readonly fixed: Fixed;
  /** Those that can be chosen from. */
  readonly endpoints: readonly Endpoint[];
  /** What is on the screen, which says whose a chat is. */
  readonly items: readonly SentOne[];
  readonly children?: ComponentChildren;
}

/** What is looked for, each part of which can be taken away, and what else could be. */
export function Filters({ wanted, fixed, endpoints, items, children }: Props) {
  const { state, endpoint, kinds, answers, from, until, chat } = wanted;
  const known = endpoints.find(({ id }) => id === endpoint);
  const chats = new Map(items.flatMap(({ conversation, visitor }) => (conversation === null ? [] : [[conversation, visitor ?? conversation] as const])));
  return (
    <div class="filters log-filters">
      {fixed.state === undefined ? (
        <One name="state" label={t('stateOfChat')} shown={state === '' ? '' : stateName(state)}>
          {(choose) => STATES.map(([value, name]) => <Option key={value} name={t(name)} choose={() => choose(value)} />)}
        </One>
      ) : null}
      {fixed.endpoint === undefined ? (
        <One name="endpoint" label={t('endpoint')} shown={endpoint === '' ? '' : (known?.name ?? endpoint)}>
          {(choose) => endpoints.map(({ id, name }) => <Option key={id} name={name} choose={() => choose(id)} />)}
        </One>
      ) : null}
      {from === '' ? null : <Chosen name="from" label={t('sinceWhen')} shown={moment(from)} />}
      {until === '' ? null : <Chosen name="until" label={t('untilWhen')} shown={moment(until)} />}
      <One name="kind" label={t('event')} shown={kinds}>
        {(choose) => <KindsOf choose={choose} />}
      </One>
      <One name="answer" label={t('answer')} shown={answers === '' ? '' : answerName(answers)}>
        {(choose) => ANSWERS.map((value) => <Option key={value} name={answerName(value)} choose={() => choose(value)} />)}
      </One>
      <One name="chat" label={t('ofChat')} shown={chat === '' ? '' : (chats.get(chat) ?? chat)}>
        {(choose) => <ChatsOf chats={chats} choose={choose} />}
      </One>
      <span class="push" />
      {children}
    </div>
  );
}

const moment = (text: string): string => {
  const at = new Date(text).getTime();
  const day = when(at, Date.now());
  return day === time(at) ? day : `${day}, ${time(at)}`;
};

interface OneProps {
  /** In the address. */
  readonly name: string;
  readonly label: string;
  /** Empty where it is not set. */
  readonly shown: string;
  readonly children: (choose: (value: string) => void) => ComponentChildren;
}

/** One part of what is looked for: what it is, or a way to choose it. */
export function One({ name, label, shown, children }: OneProps) {
  const isOpen = useSignal(false);
  const close = (): void => {
    isOpen.value = false;
  };
  if (shown !== '') {
    return <Chosen name={name} label={label} shown={shown} />;
  }
  return (
    <span class="filter-of">
      <button
        type="button"
        class="filter"
        aria-expanded={isOpen.value}
        aria-haspopup="dialog"
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name="plus" size={14} />
        {label}
      </button>
      {isOpen.value ? (
        <Popover label={label} kind="filter-choices" close={close}>
          {children((value) => {
            close();
            ask({ [name]: value, open: '' });
          })}
        </Popover>
      ) : null}
    </span>
  );
}

const Chosen = ({ name, label, shown }: { readonly name: string; readonly label: string; readonly shown: string }) => (
  <FilterChip label={label} shown={shown} remove={() => ask({ [name]: '', open: '' })} />
);

export function Option({ name, choose }: { readonly name: string; readonly choose: () => void }) {
  return (
    <button type="button" class="option" onClick={choose}>
      <bdi>{name}</bdi>
    </button>
  );
}

/** Families of events, and the kinds of each. */
export function KindsOf({ choose }: { readonly choose: (value: string) => void }) {
  const kinds = useSignal<readonly Kind[]>([]);
  useEffect(() => {
    const look = async (): Promise<void> => {
      kinds.value = await readKinds().catch(() => []);
    };
    void look();
  }, []);
  const names = kinds.value.map(({ name }) => name);
  const families = [...new Set(names.map(familyOf))];
  return families.flatMap((family) => {
    const own = names.filter((name) => familyOf(name) === family);
    const whole = own.length < 2 ? [] : [`${family}.*`];
    return [...whole, ...own].map((name) => (
      <button key={name} type="button" class="option mono" onClick={() => choose(name)}>
        {name}
      </button>
    ));
  });
}

/** Those of which something is in the list, or another by its id. */
export function ChatsOf({ chats, choose }: { readonly chats: ReadonlyMap<string, string>; readonly choose: (value: string) => void }) {
  const id = useSignal('');
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (id.peek().trim() !== '') {
            choose(id.peek().trim());
          }
        }}
      >
        <input
          class="input mono"
          aria-label={t('idOfChat')}
          placeholder={t('idOfChat')}
          value={id.value}
          onInput={(event) => {
            id.value = event.currentTarget.value;
          }}
        />
      </form>
      {[...chats].slice(0, 50).map(([chat, name]) => (
        <Option key={chat} name={name} choose={() => choose(chat)} />
      ))}
    </>
  );
}
