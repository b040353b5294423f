// Who is there, and what else can be done.
import { useEffect, useRef, useState } from 'preact/hooks';

import { served } from '../chat/messages.ts';
import {
  agent,
  atHome,
  config,
  ended,
  firstWords,
  isRunning,
  screen,
  visitor,
} from '../chat/state.ts';
import { name as clean } from '../formatted.tsx';
import { isAlone, tell } from '../host.ts';
import { draftText, memory, remember } from '../memory.ts';
import { t } from '../texts.ts';
import { Avatar, hasFaces } from './Avatar.tsx';
import { Icon, type IconName } from './icons.tsx';
import { ask, type Question } from './questions.ts';
import { title } from './people.ts';
import { asking } from './later.ts';
import { isAtDoor, There, usualReply } from './Welcome.tsx';

interface Item {
  readonly icon: IconName;
  readonly text: string;
  readonly act: () => void;
  /** Of one that is on or off. */
  readonly isOn?: boolean;
  /** What cannot be taken back stands below the others. */
  readonly isApart?: boolean;
}

const asks = (icon: IconName, text: string, question: Question): Item => ({
  icon,
  text,
  act: () => ask(question),
});

function items(): Item[] {
  const now = config.value;
  if (now === undefined || !now.enabled) {
    return [];
  }
  const { settings } = now;
  const { muted, rid } = memory.value;
  const departments = now.departments.filter((one) => one.showOnRegistration);
  const list: Item[] = [
    { icon: 'sound', text: t('sound'), isOn: !muted, act: () => remember({ muted: !muted }) },
  ];
  if (settings.transcript && isRunning.value && rid !== undefined) {
    list.push(asks('mail', t('getTranscript'), 'transcript'));
  }
  if (settings.allowSwitchingDepartments && departments.length > 1 && screen.value === 'chat') {
    list.push(asks('swap', t('changeDepartment'), 'department'));
  }
  if (settings.visitorsCanCloseChat && isRunning.value) {
    list.push(asks('end', t('endChat'), 'end'));
  }
  if (settings.forceAcceptDataProcessingConsent && visitor.value !== undefined) {
    list.push({ ...asks('bin', t('forgetMe'), 'forget'), isApart: true });
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
        onClick={() => {
          asking.bring();
          setOpen(!isOpen);
        }}
      >
        <Icon name="more" />
      </button>
      <ul id="menu" hidden={!isOpen}>
        {list.map(({ icon, text, act, isOn, isApart = false }) => (
          <li key={text} class={isApart ? 'apart' : ''}>
            <button
              type="button"
              {...(isOn === undefined ? {} : { role: 'switch', 'aria-checked': isOn })}
              onClick={() => {
                // A switch stays in sight, to be seen turning.
                if (isOn === undefined) {
                  shut();
                }
                act();
              }}
            >
              <Icon name={icon} />
              {text}
              {isOn === undefined ? null : <span class="switch" />}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const STATES = { online: 'online', away: 'away', busy: 'away', offline: 'offline' } as const;

/** What stands below whose site it is, as long as nobody answers. */
function Wait() {
  const { departments = [], room, online } = config.value ?? {};
  const department = departments.find(({ _id }) => _id === room?.departmentId)?.name;
  const line = department === undefined ? usualReply() || t('weOnline') : clean(department);
  return online === true && !ended.value ? <p>{line}</p> : null;
}

/** Of a chat: who serves it or has served it, else whose site it is. */
function Who() {
  const who = agent.value ?? (ended.value ? served.value : undefined);
  const isHidden = config.value?.settings.agentHiddenInfo === true;
  if (who === undefined || (ended.value && isHidden)) {
    return (
      <>
        <Avatar name={title()} kind="shop" />
        <div class="who">
          <h1 tabIndex={-1}>
            <bdi>{title()}</bdi>
          </h1>
          {ended.value ? <p>{t('chatClosed')}</p> : <Wait />}
        </div>
      </>
    );
  }
  const { username } = who;
  const name = isHidden ? t('agent') : clean(who.name ?? username ?? t('agent'));
  const status = STATES[(agent.value?.status ?? 'online') as keyof typeof STATES] ?? 'online';
  return (
    <>
      <Avatar
        name={name}
        kind={isHidden || ended.value ? '' : status}
        {...(username !== undefined && hasFaces() ? { username } : {})}
      />
      <div class="who">
        <h1 tabIndex={-1}>
          <bdi>{name}</bdi>
        </h1>
        {ended.value ? <p>{t('chatClosed')}</p> : isHidden ? null : <p>{t(status)}</p>}
      </div>
    </>
  );
}

/** What was written before the form goes back to where it was written. */
function goBack(): void {
  if (screen.peek() === 'register') {
    draftText(firstWords.peek() ?? '');
    firstWords.value = undefined;
  } else {
    atHome.value = true;
  }
}

/** What greets the visitor. */
function greeting(): string {
  const { online, welcome } = config.value ?? {};
  if (online === false || screen.value === 'off') {
    return t(welcome?.hours?.isOpen === false ? 'closed' : 'weAway');
  }
  const name = clean(visitor.value?.name ?? '');
  return (
    clean(welcome?.greeting ?? '') ||
    (isRunning.value && name !== '' ? t('welcomeBack', { name }) : t('welcome'))
  );
}

/** Paper with who is there in a chat, and before it the brand with a greeting. */
export function Header() {
  const isInside = !isAtDoor.value;
  return (
    <header class={isInside ? '' : 'band'}>
      <div class="bar">
        {isInside ? (
          <>
            <button
              class="plain"
              type="button"
              aria-label={t('back')}
              onClick={goBack}
            >
              <Icon name="back" />
            </button>
            <Who />
          </>
        ) : (
          <p class="who strong">
            <bdi>{title()}</bdi>
          </p>
        )}
        <Menu />
        {isAlone ? null : (
          <button
            class="plain"
            type="button"
            aria-label={t('minimize')}
            onClick={() => tell('minimizeWindow')}
          >
            <Icon name="shut" />
          </button>
        )}
      </div>
      {isInside ? null : (
        <>
          <h1 class="big" tabIndex={-1} dir="auto">
            {greeting()}
          </h1>
          <There />
        </>
      )}
    </header>
  );
}
