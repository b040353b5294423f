// The one script that a site loads. It draws a button; everything else waits until it is wanted.
import type { LauncherConfig } from '../shared/protocol.ts';
import { api, attempt } from './api.ts';
import { findServer } from './server.ts';

type Callback = (this: object) => void;
type Asked = readonly [Callback | string, ...(readonly never[])];

/** What a site's page defines before this script is there, and what is there afterwards. */
interface Global {
  (...asked: Asked): void;
  /** Callbacks, and what else was asked for, each with its arguments. */
  _?: { push(callback: Callback): void };
  livechat?: object;
}

const site = window as { RocketChat?: Global; Hark?: Global };

async function ask(server: string): Promise<LauncherConfig | undefined> {
  try {
    const answer = await fetch(`${server}api/hark/v1/widget?loader=${VERSION}`, { credentials: 'omit' });
    return answer.ok ? ((await answer.json()) as LauncherConfig) : undefined;
  } catch {
    // Without the server there is nothing to show.
    return undefined;
  }
}

function begin(server: string): void {
  const asked = ask(server);
  const { methods, appear } = api(server);
  // By a function that is called with the methods, or by the name of one.
  const push = (...[call, ...given]: Asked) =>
    attempt(() => (typeof call === 'string' ? methods[call]?.(...given) : call.call(methods)));
  const early = [...new Set([site.RocketChat, site.Hark])].flatMap((stub) =>
    Array.isArray(stub?._) ? (stub._ as readonly (Callback | Asked)[]) : [],
  );
  site.RocketChat = site.Hark = Object.assign(push, { _: { push }, livechat: methods });
  for (const one of early) {
    push(...(typeof one === 'function' ? ([one] as const) : one));
  }

  const show = async () => {
    const config = await asked;
    if (config?.enabled === true) {
      // By then there mostly is one.
      if (document.body as HTMLElement | null) {
        appear(config);
      } else {
        addEventListener('DOMContentLoaded', () => appear(config));
      }
    } else if (config) {
      // oxlint-disable-next-line no-console
      console.info(config.reason);
    }
  };
  void show();
}

// Loaded twice, it is here already.
if (site.Hark?.livechat === undefined) {
  begin(findServer());
}
