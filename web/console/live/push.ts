// Messages to this browser while no page is open. The browser keeps the subscription, the server knows where it leads.
import { signal } from '@preact/signals';

import { erase, get, post, SERVER } from '../api/http.ts';
import { scriptUrl } from '../script-url.ts';
import { t } from '../texts.ts';
import { setNotifications } from './notifications.ts';

/** The id by which the server knows this browser. */
const KEY = 'hark.console.push';

export type PushState = 'off' | 'on' | 'denied' | 'impossible';

export const pushState = signal<PushState>('off');

async function register(): Promise<ServiceWorkerRegistration> {
  const address = `${SERVER}service-worker.js?${new URLSearchParams({ waits: t('waitsInQueue') }).toString()}`;
  await navigator.serviceWorker.register(scriptUrl(address), { scope: new URL(SERVER).pathname });
  return await navigator.serviceWorker.ready;
}

/** How it is in this browser. */
export async function readPush(): Promise<void> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) {
    pushState.value = 'impossible';
    return;
  }
  const registration = await navigator.serviceWorker.getRegistration(SERVER);
  const subscription = await registration?.pushManager.getSubscription();
  const isOn = subscription !== null && subscription !== undefined && localStorage.getItem(KEY) !== null;
  pushState.value = isOn ? 'on' : Notification.permission === 'denied' ? 'denied' : 'off';
}

export async function switchPush(on: boolean): Promise<void> {
  setNotifications(on);
  if (!on) {
    const registration = await navigator.serviceWorker.getRegistration(SERVER);
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
    const id = localStorage.getItem(KEY);
    localStorage.removeItem(KEY);
    pushState.value = 'off';
    if (id !== null) {
      // It may have ended with another log-in.
      await erase(`push/subscriptions/${id}`, 'hark/v1').catch(() => undefined);
    }
    return;
  }
  if ((await Notification.requestPermission()) !== 'granted') {
    await readPush();
    return;
  }
  const registration = await register();
  const { publicKey } = await get<{ readonly publicKey: string }>('push', {}, 'hark/v1');
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  const { id } = await post<{ readonly id: string }>('push/subscriptions', { ...subscription.toJSON() }, 'hark/v1');
  localStorage.setItem(KEY, id);
  pushState.value = 'on';
}
