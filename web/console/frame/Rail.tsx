import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { calledAs } from '../api/documents.ts';
import { logOut } from '../api/entry.ts';
import { leadTo, paletteIsShown, useCommands } from '../commands.ts';
import { unread, waitingCount } from '../live/lists.ts';
import { me } from '../live/people.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { Icon, Logo } from '../parts/Icon.tsx';
import { Key } from '../parts/Key.tsx';
import { later } from '../parts/later.tsx';
import { address, go, place } from '../place.ts';
import { count, number, speakOf, t } from '../texts.ts';
import { useKeys } from '../keys.ts';
import { setAvailable } from '../live/acts.ts';
import { isPhone } from '../width.ts';
import { Me } from './Me.tsx';
import { placeAt } from './places.ts';
import { lostAt, placesOf, sections } from './seen.ts';

const KeySheet = later(async () => (await Promise.all([import('./KeySheet.tsx'), speakOf('keys')]))[0].KeySheet);
const Palette = later(async () => (await Promise.all([import('./Palette.tsx'), speakOf('palette')]))[0].Palette);

/** More do not fit at the bottom of a phone, with a word below each. */
const ON_PHONE = 3;

const upTo99 = (many: number): string => (many > 99 ? `${number(99)}+` : number(many));

export function Rail() {
  const keysAreShown = useSignal(false);
  const isAboutMe = useSignal(false);
  useEffect(() => Palette.prepare(), []);
  const own = me.value;
  const seen = sections();
  const shown = isPhone.value && seen.length > ON_PHONE + 1 ? seen.slice(0, ON_PHONE) : seen;
  const others = seen.slice(shown.length);
  const isAvailable = own?.statusLivechat === 'available';
  useKeys({
    '?': () => {
      keysAreShown.value = true;
    },
    'g i': () => go('/inbox'),
    ...Object.fromEntries(seen.map(([{ key }, first]) => [`g ${key}`, () => go(first.path)])),
    'shift+a': () => void setAvailable(!isAvailable),
    'mod+k': () => {
      paletteIsShown.value = true;
    },
  });
  useCommands([
    { of: 'place' as const, icon: 'inbox', title: t('toInbox'), keys: 'G,I', ...leadTo('/inbox') },
    ...seen.flatMap(([section, first]) => {
      const places = placesOf(section);
      return [
        { of: 'place' as const, icon: section.icon, title: t(section.name), keys: `G,${section.key.toUpperCase()}`, ...leadTo(first.path) },
        ...(places.length < 2 ? [] : places.map((one) => ({ of: 'place' as const, icon: one.icon, title: t(one.name), whole: t(section.name), ...leadTo(one.path) }))),
      ];
    }),
    ...(own?.statusLivechat === undefined
      ? []
      : [
          {
            icon: isAvailable ? 'moon' : 'sun',
            title: t(isAvailable ? 'becomeAway' : 'becomeAvailable'),
            keys: 'shift A',
            act: () => void setAvailable(!isAvailable),
          },
        ]),
    { of: 'place' as const, icon: 'user', title: t('profile'), ...leadTo('/me') },
    {
      icon: 'keys',
      title: t('keysAndHelp'),
      keys: '?',
      act: () => {
        keysAreShown.value = true;
      },
    },
    { icon: 'out', title: t('logOut'), act: () => void logOut() },
  ]);
  const sum = unread.value;
  const label = sum === 0 ? t('inbox') : count('inboxCount', sum);
  const open = placeAt(place.value.path)?.section;
  const isInbox = place.value.path.startsWith('/inbox');
  const waits = sum + waitingCount.value;
  const isBehindMore = others.some(([section]) => section === open);
  return (
    <>
      <nav class="rail" aria-label={t('main')}>
        <a class="home" href={address('/inbox')} data-inside aria-label="Hark">
          <Logo size={28} />
        </a>
        <ul>
          <li>
            <a
              href={address('/inbox')}
              data-inside
              title={t('inbox')}
              {...(isInbox ? ({ class: 'is-current', 'aria-current': 'page' } as const) : {})}
            >
              <Icon name="inbox" size={20} />
              <span class="unseen">{label}</span>
              <span class="word" aria-hidden="true">
                {t('inbox')}
              </span>
              {waits > 0 ? <span class="count" aria-hidden="true">{upTo99(waits)}</span> : null}
            </a>
          </li>
          {shown.map(([section, first]) => (
            <li key={first.path}>
              <a
                href={address(first.path)}
                data-inside
                title={`${t(section.name)}  G ${section.key.toUpperCase()}`}
                {...(section === open ? ({ class: 'is-current', 'aria-current': 'page' } as const) : {})}
              >
                <Icon name={section.icon} size={20} />
                <span class="word">{t(section.name)}</span>
                <Lost of={lostAt(section)} />
              </a>
            </li>
          ))}
        </ul>
        <div class="rail-foot">
          <button
            type="button"
            class="rail-button"
            title={t('palette')}
            onClick={() => {
              paletteIsShown.value = true;
            }}
          >
            <Icon name="search" size={20} />
            <span class="unseen">{t('palette')}</span>
            <Key keys="mod K" />
          </button>
          <button
            type="button"
            class="rail-button"
            title={t('keysAndHelp')}
            onClick={() => {
              keysAreShown.value = true;
            }}
          >
            <Icon name="keys" size={20} />
            <span class="unseen">{t('keysAndHelp')}</span>
            <Key keys="?" />
          </button>
          {own === undefined ? null : (
            <button
              type="button"
              class={`me${isBehindMore ? ' is-current' : ''}`}
              {...(isBehindMore ? { 'aria-current': true } : {})}
              aria-expanded={isAboutMe.value}
              title={calledAs(own)}
              onClick={() => {
                isAboutMe.value = !isAboutMe.value;
              }}
            >
              <Avatar name={calledAs(own)} username={own.username} size={32} presence={own.statusLivechat === undefined ? own.status : isAvailable ? 'online' : 'away'} />
              {others.length === 0 ? null : (
                <span class="word">{t('more')}</span>
              )}
              <span class="unseen">
                {t(isAvailable ? 'meAvailable' : 'meAway', { name: calledAs(own) })}
              </span>
            </button>
          )}
        </div>
        {isAboutMe.value && own !== undefined ? (
          <Me
            own={own}
            others={others}
            close={() => {
              isAboutMe.value = false;
            }}
          />
        ) : null}
      </nav>
      {paletteIsShown.value ? (
        <Palette.Part
          close={() => {
            paletteIsShown.value = false;
          }}
        />
      ) : null}
      {keysAreShown.value ? (
        <KeySheet.Part
          close={() => {
            keysAreShown.value = false;
          }}
        />
      ) : null}
    </>
  );
}

function Lost({ of }: { readonly of: number }) {
  return of === 0 ? null : (
    <>
      <span class="unseen">{count('givenUpCount', of)}</span>
      <span class="count count-fault" aria-hidden="true">
        {upTo99(of)}
      </span>
    </>
  );
}
