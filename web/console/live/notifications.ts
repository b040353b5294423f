// Notifications of the device while a page is open in the background. While none is open, the service worker shows them.
import { SERVER } from '../api/http.ts';
import { go } from '../place.ts';

const KEY = 'hark.console.notifications';

/** Whoever allows them by the browser and then wants none keeps the permission. */
export const setNotifications = (on: boolean): void => localStorage.setItem(KEY, on ? 'on' : 'off');

export function notify(rid: string, title: string, body: string): void {
  if (globalThis.Notification?.permission !== 'granted' || localStorage.getItem(KEY) === 'off') {
    return;
  }
  try {
    // The last one of a chat is enough.
    const shown = new Notification(title, { body, tag: rid, icon: `${SERVER}icon.svg` });
    shown.addEventListener('click', () => {
      shown.close();
      void window.focus();
      go(`/inbox/${rid}`);
    });
  } catch {
    // On telephones only a worker may show some.
  }
}
