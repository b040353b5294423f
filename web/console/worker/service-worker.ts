// Runs while no page of the console is open, when a message comes for this browser. It says what has come, and leads to
// the chat.

/** What the server sends. */
interface Told {
  readonly kind: 'message' | 'waits';
  readonly room: string;
  /** The visitor's name. */
  readonly title: string | null;
  readonly body?: string;
}

interface Pushed extends ExtendableEvent {
  readonly data: { json(): unknown } | null;
}

interface Clicked extends ExtendableEvent {
  readonly notification: Notification;
}

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Window {
  readonly url: string;
  focus(): Promise<unknown>;
  navigate(url: string): Promise<unknown>;
}

interface Worker {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(which: { readonly type: 'window'; readonly includeUncontrolled: boolean }): Promise<readonly Window[]>;
    openWindow(url: string): Promise<unknown>;
  };
  addEventListener(kind: 'push', heard: (event: Pushed) => void): void;
  addEventListener(kind: 'notificationclick', heard: (event: Clicked) => void): void;
}

// What a service worker has in place of a window; the types here are those of pages.
const worker = globalThis as unknown as Worker;
/** The words stand in the address, in the language of whoever has switched it on. */
const waits = new URL(worker.location.href).searchParams.get('waits') ?? '';

worker.addEventListener('push', (event) => {
  if (event.data === null) {
    return;
  }
  const { kind, room, title, body = '' } = event.data.json() as Told;
  const shown = worker.registration.showNotification(title ?? 'Hark', {
    body: kind === 'waits' ? waits : body,
    // The last one of a chat is enough.
    tag: room,
    icon: new URL('icon.svg', worker.registration.scope).href,
    data: new URL(`inbox/${room}`, worker.registration.scope).href,
  });
  event.waitUntil(shown);
});

async function lead(to: string): Promise<void> {
  const open = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const console = open.find(({ url }) => url.startsWith(new URL('inbox', worker.registration.scope).href));
  if (console === undefined) {
    await worker.clients.openWindow(to);
  } else {
    await console.focus();
    await console.navigate(to);
  }
}

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data as string));
});
