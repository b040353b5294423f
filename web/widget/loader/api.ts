// What a site can ask of the widget, in Rocket.Chat's words, and in Hark's who the visitor is.
import type { HostEvent, PageView, Theme } from '../shared/protocol.ts';
import { widget } from './widget.ts';

type Method = (...args: readonly never[]) => void;
type Listener = (data?: unknown) => void;

const EVENTS: Readonly<Record<string, HostEvent>> = {
  onChatMaximized: 'chat-maximized',
  onChatMinimized: 'chat-minimized',
  onChatStarted: 'chat-started',
  onChatEnded: 'chat-ended',
  onPrechatFormSubmit: 'pre-chat-form-submit',
  onOfflineFormSubmit: 'offline-form-submit',
  onWidgetShown: 'show-widget',
  onWidgetHidden: 'hide-widget',
  onAssignAgent: 'assign-agent',
  onAgentStatusChange: 'agent-status-change',
  onQueuePositionChange: 'queue-position-change',
  onServiceOffline: 'no-agent-online',
  onIdentityRefused: 'identity-refused',
};

/** What the panel does, and whether it has to reach the server and so needs the panel now. */
const OF_THE_PANEL = {
  setDepartment: false,
  clearDepartment: false,
  setBusinessUnit: false,
  clearBusinessUnit: false,
  setGuestName: false,
  setGuestEmail: false,
  setAgent: false,
  setHiddenSystemMessages: false,
  identify: false,
  setGuestToken: true,
  setGuestMetadata: true,
  setCustomField: true,
  registerGuest: true,
  transferChat: true,
};

/** What a site's own code does wrong is shown to whoever looks, and stops nothing. */
export function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    reportError(error);
  }
}

export function api(server: string) {
  const listeners = new Map<HostEvent, Listener[]>();
  const of = (event: HostEvent) => listeners.get(event) ?? [];
  const its = widget(server, (event, data) => {
    for (const listener of of(event)) {
      attempt(() => listener(data));
    }
  });

  const methods: Record<string, Method> = {
    // The published form gives a word, which says what has changed.
    pageVisited: (view: PageView | string) =>
      its.visited(
        typeof view === 'string'
          ? { change: view, title: document.title, location: { href: location.href } }
          : view,
      ),
    setTheme: (theme: Theme) => its.setTheme(theme),
    setLanguage: (code: string) => its.setLanguage(code),
    setParentUrl: (url: string) => its.setParentUrl(url),
    maximizeWidget: its.open,
    minimizeWidget: its.close,
    showWidget: () => its.setHidden(false),
    hideWidget: () => its.setHidden(true),
    logout: () => its.logOut(),
    clearAllCallbacks: () => listeners.clear(),
    initialize(wishes: Readonly<Record<string, never>>) {
      for (const [key, value] of Object.entries(wishes)) {
        if (value === undefined) {
          continue;
        }
        if (key === 'customField') {
          methods['setCustomField']?.(...(value as readonly never[]));
        } else if (key === 'setCustomFields') {
          for (const field of value as readonly (readonly never[])[]) {
            methods['setCustomField']?.(...field);
          }
        } else {
          (methods[key] ?? methods[`set${key[0]?.toUpperCase()}${key.slice(1)}`])?.(value);
        }
      }
    },
  };
  for (const [name, isUrgent] of Object.entries(OF_THE_PANEL)) {
    methods[name] = (...args) => {
      its.post(name, args);
      if (isUrgent) {
        its.want();
      }
    };
  }
  for (const [name, event] of Object.entries(EVENTS)) {
    methods[name] = (listener: Listener) => listeners.set(event, [...of(event), listener]);
  }
  return { methods, appear: its.appear };
}
