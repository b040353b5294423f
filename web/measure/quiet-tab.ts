// A tab to which nobody listens but for what its main thread does: a driver of browsers has the stack of each request
// written down, and looks for elements by scripts of its own, both of which cost more than what is measured here.

import type { Browser } from 'playwright-core';

/** Seconds of the processor on the main thread of a page. */
export interface Work {
  /** Its scripts, with their compilation, with what they ask to be styled at once, and with what follows from promises. */
  readonly script: number;
  /** Style, layout and painting outside of scripts. */
  readonly drawing: number;
}

interface Traced {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** On the clock, and of the processor, in microseconds. */
  readonly ts: number;
  readonly tts?: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly beginData?: { readonly url?: string } };
}

const SCRIPT: ReadonlySet<string> = new Set(['EvaluateScript', 'FunctionCall', 'BlinkScheduler_PerformMicrotaskCheckpoint', 'v8.compile']);
const DRAWING: ReadonlySet<string> = new Set(['UpdateLayoutTree', 'Layout', 'PrePaint', 'Paint', 'Layerize']);

/** Longer than any of the pages takes, on a processor that is so many times slower. */
const loadedMs = (slower: number) => 1000 + 600 * slower;

/** Opens a page on a processor that is so many times slower, and says what it works. */
export async function workOf(browser: Browser, url: string, slower: number): Promise<Work> {
  const root = await browser.newBrowserCDPSession();
  const { browserContextId } = await root.send('Target.createBrowserContext');
  const { targetId } = await root.send('Target.createTarget', { url: 'about:blank', browserContextId });
  const { sessionId } = await root.send('Target.attachToTarget', { targetId, flatten: false });
  const tell = (id: number, method: string, params: object) =>
    root.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) });
  const events: Traced[] = [];
  root.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as Traced[])));
  const isWritten = new Promise<void>((done) => {
    root.once('Tracing.tracingComplete', () => done());
  });
  await tell(1, 'Emulation.setCPUThrottlingRate', { rate: slower });
  await root.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'v8', 'toplevel'] },
  });
  await tell(2, 'Page.navigate', { url });
  await new Promise((passed) => {
    setTimeout(passed, loadedMs(slower));
  });
  await root.send('Tracing.end');
  await isWritten;
  await root.send('Target.disposeBrowserContext', { browserContextId });
  await root.detach();
  return summed(events, url);
}

function summed(events: readonly Traced[], url: string): Work {
  const page = events.find(({ name, args }) => name === 'ParseHTML' && args?.beginData?.url === url);
  const mine = events
    .filter(({ pid, tid, ph }) => pid === page?.pid && tid === page.tid && 'XBE'.includes(ph))
    .toSorted((one, other) => one.ts - other.ts || (other.dur ?? 0) - (one.dur ?? 0));
  let script = 0;
  let drawing = 0;
  /** Until when the outermost one lasts. */
  let end = 0;
  for (const [at, { name, ph, ts, tts = 0, dur = 0, tdur = 0 }] of mine.entries()) {
    if (ts < end || !(SCRIPT.has(name) || DRAWING.has(name)) || ph === 'E') {
      continue;
    }
    const last = ph === 'B' ? mine.slice(at).find((other) => other.name === name && other.ph === 'E') : undefined;
    const took = last === undefined ? tdur : (last.tts ?? tts) - tts;
    end = last === undefined ? ts + dur : last.ts;
    if (SCRIPT.has(name)) {
      script += took;
    } else {
      drawing += took;
    }
  }
  return { script: script / 1e6, drawing: drawing / 1e6 };
}
