import './offers.css';

import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

import { type Agent, calledAs, type CannedResponse, type Room } from '../../api/documents.ts';
import { canned, fillCanned, partsOf, readCanned } from '../../live/canned.ts';
import { agents, departmentName, me } from '../../live/people.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { count, t } from '../../texts.ts';
import type { Asked } from './asked.ts';
import { saidOf, shortcutOf } from './said.ts';

/** How the field and what is offered beside it work together: the focus stays in the field. */
export interface Field {
  /** What a key does in the list; whether it does anything there. */
  readonly keys: { current: ((event: KeyboardEvent) => boolean) | undefined };
  /** The id of what is chosen, for those who hear the page. */
  readonly active: Signal<string | undefined>;
  /** Puts words in the place of the one that asked. */
  readonly put: (words: string) => void;
  readonly close: () => void;
}

export interface Props {
  readonly room: Room;
  readonly asked: Asked;
  readonly field: Field;
}

/** What can stand in the place of the word before the caret. */
export function Offers(props: Props) {
  return props.asked.sign === '/' ? <Canned {...props} /> : <Colleagues {...props} />;
}

const key = (text: string): string => text.toLocaleLowerCase();

/** Those whose shortcut begins like it come first, and of these what is used most. */
function fitting(all: readonly CannedResponse[], wanted: string): readonly CannedResponse[] {
  const ranked = all.map((one) => {
    const shortcut = key(shortcutOf(one));
    const ranks = [
      shortcut.startsWith(wanted),
      shortcut.includes(wanted),
      [one.text, ...one.tags].some((text) => key(text).includes(wanted)),
    ];
    return [ranks.indexOf(true), one] as const;
  });
  return ranked
    .filter(([rank]) => rank !== -1)
    .toSorted(([one, { uses }], [other, { uses: otherUses }]) => one - other || otherUses - uses)
    .map(([, one]) => one);
}

function Canned({ room, asked, field }: Props) {
  const isBusy = useSignal(false);
  useEffect(() => void readCanned(), []);
  const all = canned.value;
  const found = fitting(all ?? [], key(asked.wanted));
  const pick = async ({ _id }: CannedResponse): Promise<void> => {
    if (!isBusy.peek()) {
      isBusy.value = true;
      const text = await fillCanned(room._id, _id);
      isBusy.value = false;
      if (text !== undefined) {
        field.put(text);
      }
    }
  };
  // What begins no answer is a word like any other.
  const isShown = all === undefined || found.length > 0 || asked.wanted === '';
  const list = useList({ all: found, wanted: asked.wanted, idOf: ({ _id }) => _id, pick, field, isShown });
  if (found.length === 0) {
    return isShown && all !== undefined ? (
      <aside class="offers">
        <Head title={t('canned')} />
        <p class="none quiet">{t('noCanned')}</p>
      </aside>
    ) : null;
  }
  return (
    <aside class="offers" aria-busy={isBusy.value}>
      <Head title={asked.wanted === '' ? t('canned') : t('cannedLike', { wanted: asked.wanted })} does={t('insert')} />
      <div class="beside">
        <ul {...list.of(t('canned'))}>
          {found.map((one) => (
            <li key={one._id} {...list.option(one)}>
              <bdi class="cut-text">{saidOf(one)}</bdi>
              <span class="push" />
              <span class="mono shortcut">/{shortcutOf(one)}</span>
            </li>
          ))}
        </ul>
        {list.active === undefined ? null : <Preview response={list.active} />}
      </div>
    </aside>
  );
}

function Preview({ response: { text, scope, departmentId, tags, uses } }: { readonly response: CannedResponse }) {
  const whose = scope === 'department' ? departmentName(departmentId) : t(scope === 'user' ? 'cannedOwn' : 'cannedAll');
  return (
    <div class="as-said" tabIndex={0} role="group" aria-label={t('asSaid')}>
      <p dir="auto">
        {partsOf(text).map(({ words, is }) => (is === 'text' ? words : <span class={is}>{words}</span>))}
      </p>
      <p class="meta line">
        <bdi>{whose}</bdi>
        {uses === 0 ? null : <span class="num">· {count('usedTimes', uses)}</span>}
        {tags.map((tag) => (
          <span key={tag} class="chip">
            <bdi>{tag}</bdi>
          </span>
        ))}
      </p>
    </div>
  );
}

/** Those who answer where this chat is come first. */
function Colleagues({ room, asked, field }: Props) {
  const wanted = key(asked.wanted);
  const isNear = ({ departments = [] }: Agent): boolean => room.departmentId !== undefined && departments.includes(room.departmentId);
  const found = agents.value
    .filter(({ _id, name = '', username }) => {
      const words = [username, ...name.split(/\s+/)];
      return _id !== me.value?._id && words.some((word) => key(word).startsWith(wanted));
    })
    .toSorted((one, other) => Number(isNear(other)) - Number(isNear(one)));
  const pick = ({ username }: Agent): void => field.put(`@${username} `);
  const list = useList({ all: found, wanted, idOf: ({ _id }) => _id, pick, field, isShown: found.length > 0 });
  if (found.length === 0) {
    return null;
  }
  return (
    <aside class="offers">
      <Head title={t('colleagues')} does={t('insert')} />
      <ul {...list.of(t('colleagues'))}>
        {found.map((one) => (
          <li key={one._id} {...list.option(one)}>
            <Avatar name={calledAs(one)} username={one.username} size={22} />
            <bdi class="cut-text">{calledAs(one)}</bdi>
            <bdi class="meta">@{one.username}</bdi>
            <span class="push" />
            <span class="meta cut-text">{one.departments?.map((id) => departmentName(id)).join(', ')}</span>
          </li>
        ))}
      </ul>
    </aside>
  );
}

function Head({ title, does }: { readonly title: string; readonly does?: string }): ComponentChildren {
  return (
    <header>
      <Icon name="slash" />
      <p class="title">{title}</p>
      <span class="push" />
      <span class="meta keys-of" aria-hidden="true">
        {does === undefined ? null : (
          <>
            <Key keys="↑" /> <Key keys="↓" /> <Key keys="enter" /> {does}
          </>
        )}{' '}
        <Key keys="escape" />
      </span>
    </header>
  );
}

interface Listed<T> {
  readonly all: readonly T[];
  readonly wanted: string;
  readonly idOf: (one: T) => string;
  readonly pick: (one: T) => void | Promise<void>;
  readonly field: Field;
  /** Enter is not for what was written then, not even while the list is on its way. */
  readonly isShown: boolean;
}

/** A list that is walked from the field. */
function useList<T>({ all, wanted, idOf, pick, field, isShown }: Listed<T>) {
  const at = useSignal({ wanted, index: 0 });
  const index = at.value.wanted === wanted ? Math.min(at.value.index, all.length - 1) : 0;
  const turnTo = (next: number): void => {
    at.value = { wanted, index: next };
  };
  const active = all[index];
  const id = active === undefined ? undefined : `offer-${idOf(active)}`;
  field.keys.current = (event) => {
    if (!isShown) {
      return false;
    }
    if (event.key === 'Escape') {
      field.close();
      return true;
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isPlainEnter = event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (by !== undefined && all.length > 0) {
      turnTo((index + by + all.length) % all.length);
      return true;
    }
    if (isPlainEnter && active !== undefined) {
      void pick(active);
    }
    return isPlainEnter;
  };
  useEffect(() => {
    field.active.value = id;
    if (id !== undefined) {
      document.querySelector(`#${CSS.escape(id)}`)?.scrollIntoView({ block: 'nearest' });
    }
  }, [id]);
  useEffect(
    () => () => {
      field.keys.current = undefined;
      field.active.value = undefined;
    },
    [],
  );
  return {
    active,
    of: (label: string) =>
      ({
        id: 'offers',
        role: 'listbox',
        'aria-label': label,
        tabIndex: 0,
        onKeyDown: (event: KeyboardEvent) => {
          if (field.keys.current?.(event) === true) {
            event.preventDefault();
          }
        },
      }) as const,
    option: (one: T) =>
      ({
        id: `offer-${idOf(one)}`,
        role: 'option',
        'aria-selected': one === active,
        class: one === active ? 'option is-active' : 'option',
        onPointerMove: () => turnTo(all.indexOf(one)),
        // The focus stays in the field.
        onPointerDown: (event: Event) => event.preventDefault(),
        onClick: () => void pick(one),
      }) as const,
  };
}
