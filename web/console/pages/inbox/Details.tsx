import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { type Message, millis, type Related, type Room, type Visitor } from '../../api/documents.ts';
import { writeDown } from '../../live/acts.ts';
import type { About } from '../../live/about.ts';
import { chat } from '../../live/chat.ts';
import { departmentName, nameOf } from '../../live/people.ts';
import { minute } from '../../live/clock.ts';
import { isEmail } from '../../parts/addresses.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { CrmCard } from '../../parts/CrmCard.tsx';
import { Divider } from '../../parts/Divider.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { later } from '../../parts/later.tsx';
import { address } from '../../place.ts';
import { count, duration, t, time, when } from '../../texts.ts';
import { isWide } from '../../width.ts';
import { InPlace } from './InPlace.tsx';
import { Tags } from './Tags.tsx';
import { useAbout } from './useAbout.ts';
import { useSection } from './useSection.ts';
import { Webhooks } from './Webhooks.tsx';

/** Of the pages and chats of before, so many are shown. */
const SHOWN = 5;

const Past = later(async () => (await import('./Past.tsx')).Past);

export function Details({ close }: { readonly close: () => void }) {
  const open = chat.value;
  const about = useAbout(open);
  /** An earlier chat that is read beside the open one. */
  const past = useSignal<Related | undefined>(undefined);
  const opener = useRef<HTMLAnchorElement | undefined>(undefined);
  if (open?.room === undefined) {
    return <aside class="details" aria-label={t('aboutChat')} aria-busy="true" />;
  }
  const { room, visitor } = open;
  const isHere = room.v?.status === 'online';
  const [page] = about?.pages ?? [];
  return (
    <aside class="details" aria-label={t('aboutChat')}>
      <header class="details-head">
        <Avatar name={room.fname ?? ''} size={32} presence={isHere ? 'online' : 'offline'} />
        <div class="cut-text">
          <p class="strong">{t(isHere ? 'hereNow' : 'notHere')}</p>
          {page === undefined ? null : (
            <p class="meta cut-text">
              {t('onPage')} <PageLink page={page} />
            </p>
          )}
        </div>
        <span class="push" />
        <button type="button" class="icon-button" aria-label={t('hideDetails')} title={`${t('hideDetails')}  ]`} onClick={close}>
          <Icon name="right" turns />
        </button>
      </header>
      {past.value === undefined ? null : (
        <Past.Part
          past={past.value}
          close={() => {
            past.value = undefined;
            requestAnimationFrame(() => opener.current?.focus());
          }}
        />
      )}
      <div class="details-body" hidden={past.value !== undefined}>
        <CrmCard data={room.crmData} />
        <VisitorFacts room={room} visitor={visitor} about={about} />
        <Device visitor={visitor} room={room} />
        {about === undefined || about.pages.length === 0 ? null : <Trail key={room._id} pages={about.pages} isHere={isHere} />}
        {about === undefined || about.related.length === 0 ? null : (
          <Earlier
            key={room._id}
            chats={about.related}
            open={(one, link) => {
              opener.current = link;
              past.value = one;
            }}
          />
        )}
        <Webhooks />
      </div>
      {isWide.value ? <Divider label={t('detailsWidth')} property="--details" isAfter /> : null}
    </aside>
  );
}

interface Facts {
  readonly room: Room;
  readonly visitor: Visitor | undefined;
  readonly about: About | undefined;
}

/** To the server an empty text says that all stays as it is, and a blank that there is none. */
const orNone = (text: string): string => text === '' ? ' ' : text;

function VisitorFacts({ room, visitor, about }: Facts) {
  const save = (guest: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) =>
    writeDown(room, guest, more);
  const section = useSection('visitor');
  const rid = room._id;
  return (
    <section ref={section} aria-label={t('visitor')} tabIndex={-1}>
      <h3>{t('visitor')}</h3>
      <dl class="facts">
        <InPlace
          rid={rid}
          fact="name"
          what={t('name')}
          value={visitor?.name ?? room.fname ?? ''}
          faultOf={(name) => (name === '' ? t('nameNeeded') : '')}
          save={(name) => save({ name })}
        />
        <InPlace
          rid={rid}
          fact="email"
          what={t('email')}
          value={visitor?.visitorEmails?.[0]?.address ?? ''}
          faultOf={(email) => (email === '' || isEmail(email) ? '' : t('noEmail'))}
          save={(email) => save({ email: orNone(email) })}
        />
        <InPlace
          rid={rid}
          fact="phone"
          what={t('phone')}
          value={visitor?.phone?.[0]?.phoneNumber ?? ''}
          save={(phone) => save({ phone: orNone(phone) })}
        />
        {about?.fields
          .filter(({ visibility }) => visibility === 'visible')
          .map(({ _id, label, scope }) => {
            const of = scope === 'visitor' ? visitor?.livechatData : room.livechatData;
            const changed = (value: string) => ({ livechatData: { [_id]: value } });
            return (
              <InPlace
                key={_id}
                rid={rid}
                fact={`field ${_id}`}
                what={label}
                value={of?.[_id] ?? ''}
                save={(value) => (scope === 'visitor' ? save(changed(value)) : save({}, changed(value)))}
              />
            );
          })}
        <InPlace rid={rid} fact="topic" what={t('topic')} value={room.topic ?? ''} save={(topic) => save({}, { topic })} />
        <Tags room={room} />
      </dl>
    </section>
  );
}

function Device({ room, visitor }: { readonly room: Room; readonly visitor: Visitor | undefined }) {
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t('department'), departmentName(room.departmentId)],
    [t('agent'), room.servedBy === undefined ? undefined : nameOf(room.servedBy.username)],
    [t('device'), device(visitor?.userAgent)],
    [t('address'), visitor?.ip],
  ];
  return (
    <section aria-label={t('device')}>
      <dl class="facts">
        {facts.map(([what, value]) =>
          value === undefined ? null : (
            <>
              <dt>{what}</dt>
              <dd>
                <bdi class="cut-text">{value}</bdi>
              </dd>
            </>
          ),
        )}
      </dl>
    </section>
  );
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\/(\d+)/, 'Edge'],
  [/OPR\/(\d+)/, 'Opera'],
  [/Firefox\/(\d+)/, 'Firefox'],
  [/Chrome\/(\d+)/, 'Chrome'],
  [/Version\/(\d+).*Safari/, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android (\d+)/, 'Android'],
  [/iPhone OS (\d+)|CPU OS (\d+)/, 'iOS'],
  [/Windows NT/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** A browser and a system, as far as they say so. */
function device(userAgent: string | undefined): string | undefined {
  const named = (known: readonly (readonly [RegExp, string])[]): string | undefined => {
    for (const [form, name] of known) {
      const found = form.exec(userAgent ?? '');
      if (found !== null) {
        return [name, found[1] ?? found[2]].filter((part) => part !== undefined).join(' ');
      }
    }
    return undefined;
  };
  const parts = [named(BROWSERS), named(SYSTEMS)].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** The first few, and a way to all of them where there are more. */
function useFew<T>(all: readonly T[]) {
  const isWhole = useSignal(false);
  const few = isWhole.value ? all : all.slice(0, SHOWN);
  const more =
    few.length === all.length ? null : (
      <button
        type="button"
        class="link-button"
        onClick={() => {
          isWhole.value = true;
        }}
      >
        {t('allOf', { count: all.length })}
      </button>
    );
  return { few, more };
}

interface EarlierProps {
  readonly chats: readonly Related[];
  readonly open: (one: Related, link: HTMLAnchorElement) => void;
}

function Earlier({ chats, open }: EarlierProps) {
  const { few, more } = useFew(chats);
  return (
    <section aria-label={t('earlierChats')}>
      <h3>
        {t('earlierChats')} {more}
      </h3>
      <ul class="past">
        {few.map((one) => (
          <li key={one.id}>
            <time class="meta">{when(millis(one.startedAt), minute.value)}</time>
            <a
              href={address(`/inbox/${one.id}`)}
              class="cut-text"
              onClick={(event) => {
                if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
                  event.preventDefault();
                  open(one, event.currentTarget);
                }
              }}
            >
              <bdi>{one.topic ?? (one.tags.join(', ') || count('messages', one.messages))}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Trail({ pages, isHere }: { readonly pages: readonly Message[]; readonly isHere: boolean }) {
  const { few, more } = useFew(pages);
  return (
    <section aria-label={t('pages')}>
      <h3>
        {t('pages')} {more ?? <span class="meta">{count('pagesCount', pages.length)}</span>}
      </h3>
      <ol class="trail">
        {few.map((page, index) => {
          const next = pages[index - 1];
          return (
            <li key={page._id}>
              <time>{time(millis(page.ts))}</time>
              <PageLink page={page} />
              <span class={next === undefined && isHere ? 'stay now' : 'stay'}>
                {next === undefined ? (isHere ? t('now') : '') : duration(millis(next.ts) - millis(page.ts))}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function PageLink({ page }: { readonly page: Message }) {
  const { title = page.msg, location: at } = page.navigation?.page ?? {};
  const href = at?.href ?? '';
  return /^https?:/.test(href) ? (
    <a href={href} target="_blank" rel="noopener noreferrer" class="cut-text">
      <bdi>{title}</bdi>
    </a>
  ) : (
    <bdi class="cut-text">{title}</bdi>
  );
}
