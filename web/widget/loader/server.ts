// Where the server is: where the site says, else where this script came from.

interface Stub {
  readonly url?: string;
}

const SCRIPT = 'script[src*="/livechat/"]';

/** The root of the server, with a slash at its end. */
export function findServer(): string {
  const { RocketChat, initRocket } = window as {
    RocketChat?: Stub;
    initRocket?: readonly string[];
  };
  // A tag manager may run this without a script of its own.
  const script = document.currentScript ?? document.querySelector(SCRIPT);
  const page = RocketChat?.url ?? initRocket?.[0] ?? (script as HTMLScriptElement).src;
  const root = page.replace(/\/livechat(\/[^/]*)?$/, '/');
  // An address as a script has it says all, and need not be read first.
  return /^https?:.*\/$/.test(root) ? root : new URL(root, location.href).href;
}
