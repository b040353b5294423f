// The one script that a site loads. It draws a button; everything else waits until it is wanted.
import type { LauncherConfig } from '../shared/protocol.ts';
import { api, attempt } from './api.ts';
import { findServer } from './server.ts';

type Callback = (this: object) => void;

/** What a site's page defines before this script is there, and what is there afterwards. */
interface Global {
  (callback: Callback): void;
  _?: { push(callback: Callback): void };
  livechat?: object;
}

const site = window as { RocketChat?: Global; Hark?: Global };

async function ask(server: string): Promise<LauncherConfig | undefined> {
  try {
    const answer = await fetch(`${server}api/hark/v1/widget`, { credentials: 'omit' });
    return answer.ok ? ((await answer.json()) as LauncherConfig) : undefined;
  } catch {
    // Without the server there is nothing to show.
    return undefined;
  }
}

function begin(server: string): void {
  const asked = ask(server);
  const { methods, appear } = api(server);
  const push = (callback: Callback) => attempt(() => callback.call(methods));
  const early = [...new Set([site.RocketChat, site.Hark])].flatMap((stub) =>
    Array.isArray(stub?._) ? (stub._ as readonly Callback[]) : [],
  );
  site.RocketChat = site.Hark = Object.assign(push, { _: { push }, livechat: methods });
  early.forEach(push);

  const show = async () => {
    const config = await asked;
    if (config?.enabled === true) {
      appear(config);
    }
  };
  if (document.readyState === 'loading') {
    addEventListener('DOMContentLoaded', () => void show());
  } else {
    void show();
  }
}

// Loaded twice, it is here already.
if (site.Hark?.livechat === undefined) {
  begin(findServer());
}
