// Who is there, and what else can be done.
import { useEffect, useRef, useState } from 'preact/hooks';

import { agent, config, ended, isRunning, screen, visitor } from '../chat/state.ts';
import { name as clean } from '../formatted.tsx';
import { isAlone, tell } from '../host.ts';
import { siteTheme } from '../look.ts';
import { memory, remember } from '../memory.ts';
import { t } from '../texts.ts';
import { Avatar } from './Avatar.tsx';
import { Icon } from './icons.tsx';
import { ask, type Question } from './questions.ts';

interface Item {
  readonly text: string;
  readonly act: () => void;
}

const asks = (text: string, question: Question): Item => ({ text, act: () => ask(question) });

function items(): Item[] {
  const now = config.value;
  if (now === undefined || !now.enabled) {
    return [];
  }
  const { settings } = now;
  const { muted, rid } = memory.value;
  const departments = now.departments.filter((one) => one.showOnRegistration);
  const list: Item[] = [
    {
      text: t(muted ? 'soundOn' : 'soundOff'),
      act: () => remember({ muted: !muted }),
    },
  ];
  if (settings.allowSwitchingDepartments && departments.length > 1 && screen.value === 'chat') {
    list.push(asks(t('changeDepartment'), 'department'));
  }
  if (settings.transcript && isRunning.value && rid !== undefined) {
    list.push(asks(t('getTranscript'), 'transcript'));
  }
  if (settings.forceAcceptDataProcessingConsent && visitor.value !== undefined) {
    list.push(asks(t('forgetMe'), 'forget'));
  }
  if (settings.visitorsCanCloseChat && isRunning.value) {
    list.push(asks(t('endChat'), 'end'));
  }
  return list;
}

function Menu() {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const list = items();
  useEffect(() => {
    if (!isOpen) {
      return undefined;
    }
    const leave = (event: Event) => {
      if (!(event.target instanceof Node && root.current?.contains(event.target) === true)) {
        setOpen(false);
      }
    };
    addEventListener('pointerdown', leave);
    addEventListener('focusin', leave);
    return () => {
      removeEventListener('pointerdown', leave);
      removeEventListener('focusin', leave);
    };
  }, [isOpen]);
  if (list.length === 0) {
    return null;
  }
  const shut = () => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  return (
    <div
      class="menu"
      ref={root}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && isOpen) {
          event.stopPropagation();
          shut();
        }
      }}
    >
      <button
        class="plain"
        type="button"
        aria-expanded={isOpen}
        aria-controls="menu"
        aria-label={t('menu')}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
      </button>
      <ul id="menu" hidden={!isOpen}>
        {list.map(({ text, act }) => (
          <li key={text}>
            <button
              type="button"
              onClick={() => {
                shut();
                act();
              }}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const STATES = { online: 'online', away: 'away', busy: 'away', offline: 'offline' } as const;

function Who() {
  const who = agent.value;
  const now = config.value;
  const isAway = screen.value === 'offline' || screen.value === 'unavailable';
  const set = isAway
    ? (siteTheme.value.offlineTitle ?? now?.theme.offlineTitle ?? '')
    : (siteTheme.value.title ?? now?.theme.title ?? '');
  const title = set === '' ? t(isAway ? 'offlineTitle' : 'launcher') : set;
  if (who === undefined || ended.value || screen.value !== 'chat') {
    return (
      <div class="who">
        <h1 tabIndex={-1}>
          <bdi>{clean(title)}</bdi>
        </h1>
        {screen.value === 'chat' && now?.online === true && !ended.value ? (
          <p class="presence presence-online">{t('online')}</p>
        ) : null}
      </div>
    );
  }
  const name = who.hiddenInfo === true ? '' : (who.name ?? who.username ?? '');
  const status = STATES[(who.status ?? 'online') as keyof typeof STATES] ?? 'online';
  return (
    <div class="who">
      <Avatar name={name} {...(who.username === undefined ? {} : { username: who.username })} />
      <div>
        <h1 tabIndex={-1}>
          <bdi>{name === '' ? t('agent') : clean(name)}</bdi>
        </h1>
        {who.hiddenInfo === true ? null : (
          <p class={`presence presence-${status}`}>{t(status)}</p>
        )}
      </div>
    </div>
  );
}

export function Header() {
  return (
    <header>
      <Who />
      <Menu />
      {isAlone ? null : (
        <button
          class="plain"
          type="button"
          aria-label={t('minimize')}
          onClick={() => tell('minimizeWindow')}
        >
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}
