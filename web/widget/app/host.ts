// The page that shows the panel. What it says is believed from the window that holds the frame, and
// from nobody else; what it is told goes to the site that spoke first.
import { SCENE_MARK } from '../../shared/scene.ts';
import {
  type HostEvent,
  isEnvelope,
  type Reminder,
  type ToPage,
  type ToPanel,
} from '../shared/protocol.ts';

const RECALL: keyof Reminder = 'recall';

/** Opened by itself, in a window of its own: then nobody listens. */
export const isAlone = window.parent === window;

/** A console shows with it how it will look. */
export const isScene = !isAlone && location.hash === SCENE_MARK;

type Call = {
  readonly [Fn in keyof ToPage]: readonly [fn: Fn, args: Parameters<ToPage[Fn]>];
}[keyof ToPage];

let site: string | undefined;
let waiting: Call[] = [];

function post(origin: string, [fn, args]: Call): void {
  window.parent.postMessage({ src: 'rocketchat', fn, args }, origin);
}

export function tell<Fn extends keyof ToPage>(fn: Fn, ...args: Parameters<ToPage[Fn]>): void {
  const call = [fn, args] as unknown as Call;
  if (isAlone) {
    return;
  }
  if (site === undefined) {
    waiting.push(call);
  } else {
    post(site, call);
  }
}

export function callback(event: HostEvent, data?: unknown): void {
  tell('callback', event, data);
}

/** How long a page may take that knows the question; others never answer. */
const PATIENCE_MS = 500;

/** What the page keeps for the panel. */
export function remind(): Promise<string> {
  return new Promise((found) => {
    const listen = new AbortController();
    const done = (kept: string) => {
      listen.abort();
      found(kept);
    };
    addEventListener(
      'message',
      ({ source, data }: MessageEvent<unknown>) => {
        if (source === window.parent && isEnvelope(data) && data.fn === RECALL) {
          done(String(data.args[0]));
        }
      },
      { signal: listen.signal },
    );
    setTimeout(() => done(''), PATIENCE_MS);
    post('*', ['remind', []]);
  });
}

export function listenToPage(calls: ToPanel): void {
  if (isAlone) {
    return;
  }
  addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== window.parent || !isEnvelope(event.data)) {
      return;
    }
    if (site === undefined) {
      // A page without an origin of its own, from a file for instance, can only be told as anybody.
      site = event.origin === 'null' ? '*' : event.origin;
      const said = waiting;
      waiting = [];
      for (const call of said) {
        post(site, call);
      }
    }
    const { fn, args } = event.data;
    if (Object.hasOwn(calls, fn)) {
      const method = calls[fn as keyof ToPanel] as (...args: readonly unknown[]) => void;
      method(...args);
    }
  });
  // Says nothing about the visitor, so anybody may hear it.
  post('*', ['ready', []]);
}
