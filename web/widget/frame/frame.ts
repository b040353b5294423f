// What is around the panel in the site's page, brought when the panel is: its place, the messages to
// and from it, the number of messages that wait, an invitation.
import type { Launcher } from '../loader/launcher.ts';
import type { memory, session } from '../loader/memory.ts';
import type { trail } from '../loader/trail.ts';
import type {
  Envelope,
  HostEvent,
  PageView,
  Reminder,
  ToPage,
  ToPanel,
} from '../shared/protocol.ts';
import { decorate } from './decorations.ts';
import { fill } from './screen.ts';

/** What the panel is to hear: a method and its arguments. */
export type Said = readonly [fn: string, args: readonly unknown[]];

export interface Page {
  readonly server: string;
  readonly iframe: HTMLIFrameElement;
  readonly launcher: Launcher;
  /** Messages that came before there was anybody to hear them. */
  readonly early: MessageEvent[];
  /** What waits until the panel listens. */
  readonly said: Said[];
  readonly memory: typeof memory;
  readonly session: typeof session;
  readonly trail: typeof trail;
  readonly phone: MediaQueryList;
  readonly emit: (event: HostEvent, data?: unknown) => void;
}

export type Around = ReturnType<typeof surround>;

type Heard = { readonly [Fn in keyof ToPage]: (...args: Parameters<ToPage[Fn]>) => void };

/** Between the panel and the upper edge of the page. */
const ABOVE = 20;

export function surround(page: Page) {
  const { server, iframe, launcher, early, said, memory, session, trail, phone, emit } = page;
  const { host, button, style } = launcher;
  const { origin } = new URL(server);
  let isReady = false;
  let isOpen = false;
  let inviting = '';
  let leaveScreen: (() => void) | undefined;

  const decorations = decorate(launcher, {
    open,
    dismissed() {
      if (inviting !== '') {
        memory.keep({ dismissed: [...(memory.get().dismissed ?? []), inviting] });
      }
      button.focus();
    },
  });

  const heard: Heard = {
    ready() {
      isReady = true;
      host.toggleAttribute('data-ready', true);
      flush();
      expand();
      for (const view of trail.all()) {
        tell('pageVisited', view);
      }
      settleTrail();
    },
    callback: emit,
    minimizeWindow: close,
    state({ unread, said: inWords, running }) {
      if (memory.get().running !== running) {
        memory.keep({ running });
      }
      settleTrail();
      decorations.count(unread, inWords);
    },
    invite(card) {
      const { done = [], dismissed = [] } = memory.get();
      // What belongs to a chat that runs is not a greeting.
      inviting = card.reply === undefined ? '' : card.id;
      if (inviting !== '') {
        memory.keep({ done: [...new Set([...done, inviting])] });
      }
      if (!isOpen && !dismissed.includes(inviting)) {
        decorations.invite(card);
      }
    },
    remind() {
      const args: Parameters<Reminder['recall']> = [memory.get().panel ?? ''];
      send('recall', args);
    },
    keep(panel) {
      memory.keep({ panel });
    },
    language(code, name) {
      host.lang = code;
      iframe.title = name;
      decorations.name(name);
    },
  };

  function send(fn: string, args: readonly unknown[]): void {
    try {
      iframe.contentWindow?.postMessage({ src: 'rocketchat', fn, args }, origin);
    } catch (error) {
      // A site can hand over what cannot be told to another window. The rest is told all the same.
      reportError(error);
    }
  }

  function tell<Fn extends keyof ToPanel>(fn: Fn, ...args: Parameters<ToPanel[Fn]>): void {
    if (isReady) {
      send(fn, args);
    }
  }

  function flush(): void {
    if (isReady) {
      for (const [fn, args] of said.splice(0)) {
        send(fn, args);
      }
    }
  }

  function hear({ source, origin: from, data }: MessageEvent<Envelope<ToPage>>): void {
    // Nobody else's word counts; our own panel's has the shape that it has.
    if (source === iframe.contentWindow && from === origin && data.src === 'rocketchat') {
      const { fn, args } = data;
      (heard[fn] as ((...all: readonly unknown[]) => void) | undefined)?.(...args);
    }
  }

  function expand(): void {
    tell('setExpanded', isOpen, phone.matches, document.activeElement === iframe);
  }

  /** What the panel has heard while a chat runs, it has told the agents; before, it has to hear it
   * again on the next page. */
  function settleTrail(): void {
    if (isReady && memory.get().running === true) {
      trail.clear();
    }
  }

  /** As large as it can be, and as the screen is. */
  function arrange(): void {
    host.toggleAttribute('data-screen', phone.matches && isOpen);
    style.setProperty('--room', `${host.getBoundingClientRect().bottom - ABOVE}px`);
    if (isOpen && phone.matches && host.hidden !== true) {
      leaveScreen ??= fill({
        host,
        set: (name, value) => style.setProperty(name, value),
        left: close,
      });
    } else {
      leaveScreen?.();
      leaveScreen = undefined;
    }
  }

  function change(opened: boolean): void {
    isOpen = opened;
    session.keep({ open: opened });
    host.dataset['state'] = opened ? 'opened' : 'closed';
    decorations.show(opened);
    arrange();
    emit(opened ? 'chat-maximized' : 'chat-minimized');
  }

  function show(): void {
    if (!isOpen) {
      change(true);
      expand();
    }
  }

  /** By the visitor, who goes on in the panel: it has the focus when it hears of it. */
  function open(): void {
    if (!isOpen) {
      change(true);
      iframe.focus();
      expand();
    }
  }

  function close(): void {
    if (isOpen) {
      const wasInside = document.activeElement === iframe || leaveScreen !== undefined;
      change(false);
      expand();
      if (wasInside) {
        button.focus();
      }
    }
  }

  iframe.title = button.ariaLabel ?? '';
  launcher.panel.append(document.createElement('slot'));
  early.splice(0).forEach(hear);
  addEventListener('message', hear);
  addEventListener('resize', arrange);
  phone.addEventListener('change', () => {
    arrange();
    expand();
  });
  host.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') {
      close();
    }
  });

  return {
    show,
    open,
    close,
    arrange,
    flush,
    toggle: () => (isOpen ? close() : open()),
    visited(view: PageView) {
      tell('pageVisited', view);
      settleTrail();
    },
  };
}
