// The widget in a site's page, as long as nobody has wanted the panel.
import frameFile from 'virtual:frame-file';

import type { Around, Said } from '../frame/frame.ts';
import type { HostEvent, LauncherConfig, PageView, Theme } from '../shared/protocol.ts';
import { draw } from './launcher.ts';
import { memory, phone, session } from './memory.ts';
import { choose } from './names.ts';
import { follow, trail } from './trail.ts';
import { arm } from './triggers.ts';

const GROUND = '#1f6f54';

export function widget(server: string, emit: (event: HostEvent, data?: unknown) => void) {
  let config: LauncherConfig | undefined;
  let theme: Theme = {};
  let language = '';
  let parentUrl: string | undefined;
  let addressIs: ((href: string) => void) | undefined;
  let arrived: (() => void) | undefined;
  const hasAppeared = new Promise<void>((done) => {
    arrived = done;
  });
  /** What the panel is to hear. */
  const said: Said[] = [];
  /** What is around the panel, once that was wanted. */
  let around: Around | undefined;
  let coming: Promise<Around> | undefined;

  const launcher = draw();
  const { host, button, style } = launcher;
  const load = () => import(/* @vite-ignore */ `${server}livechat/assets/${frameFile}`);

  async function bring(): Promise<Around> {
    await hasAppeared;
    // At the same time as what will show it.
    const iframe = document.createElement('iframe');
    iframe.id = 'rocketchat-iframe';
    iframe.allow = 'autoplay';
    iframe.src = `${server}livechat`;
    const early: MessageEvent[] = [];
    const hear = (event: MessageEvent) => void early.push(event);
    addEventListener('message', hear);
    host.append(iframe);
    try {
      const { surround } = (await load()) as typeof import('../frame/frame.ts');
      around = surround({ server, iframe, launcher, early, said, memory, session, trail, phone: phone(), emit });
      return around;
    } catch (error) {
      // The next click tries again.
      coming = undefined;
      iframe.remove();
      throw error;
    } finally {
      removeEventListener('message', hear);
    }
  }

  const wanted = () => (coming ??= bring());
  const want = (act: (panel: Around) => void = () => undefined) => void wanted().then(act, reportError);
  const open = () => want((panel) => panel.open());

  button.addEventListener('click', () => want((panel) => panel.toggle()));
  // Who comes near the button, by mouse, finger or keyboard, has the panel there when they press it.
  const near = () => void wanted().catch(() => undefined);
  button.addEventListener('pointerenter', near);
  button.addEventListener('focus', near);

  function post(fn: string, args: readonly unknown[]): void {
    said.push([fn, args]);
    around?.flush();
  }

  function speak(): void {
    [host.lang, button.ariaLabel] = choose([language, config?.language ?? '', ...navigator.languages]);
  }

  function paint(): void {
    const { color, position, appearance = 'auto' } = theme;
    const own = config?.theme;
    style.setProperty('color-scheme', appearance === 'auto' ? 'light dark' : appearance);
    host.dataset['position'] = position ?? own?.position;
    const usual = config?.online === true ? own?.color : own?.offlineColor;
    launcher.paint([color, usual].find((one) => CSS.supports('color', one ?? '')) ?? GROUND);
  }

  function visited(view: PageView): void {
    trail.keep(view);
    addressIs?.(parentUrl ?? view.location.href);
    around?.visited(view);
  }

  return {
    want,
    open,
    post,
    visited,
    close: () => {
      // One that is on its way is open in a moment.
      void coming?.then((panel) => panel.close(), () => undefined);
    },
    appear: (found: LauncherConfig) => {
      config = found;
      document.body.append(host);
      paint();
      speak();
      arrived?.();
      addressIs = arm(found.online ? found.triggers : [], (id) => {
        post('runTrigger', [id]);
        want();
      });
      follow(visited);
      const { running } = memory.get();
      if (running === true) {
        want();
      }
      // Unknown where there was no panel yet.
      if (running !== undefined && session.get().open === true && !phone().matches) {
        want((panel) => panel.show());
      }
      if (!found.online) {
        emit('no-agent-online');
      }
    },
    logOut() {
      // What was seen by one is not told of the next.
      trail.clear();
      post('logout', []);
      want();
    },
    setHidden(hidden: boolean) {
      if (host.hidden !== hidden) {
        host.hidden = hidden;
        around?.arrange();
        emit(hidden ? 'hide-widget' : 'show-widget');
      }
    },
    setTheme(more: Theme) {
      theme = { ...theme, ...more };
      paint();
      post('setTheme', [more]);
    },
    setLanguage(code: string) {
      language = code;
      // The panel speaks for itself, and then for the launcher.
      speak();
      post('setLanguage', [code]);
    },
    setParentUrl(url: string) {
      parentUrl = url;
      addressIs?.(url);
      post('setParentUrl', [url]);
    },
  };
}
