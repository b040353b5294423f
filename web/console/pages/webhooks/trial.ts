// Patterns are tried in a worker, which is ended when it takes too long.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { scriptUrl } from '../../script-url.ts';
import type { Asked, Tried } from './finding.ts';
// oxlint-disable-next-line import/default -- Vite makes it.
import address from './finding.worker.ts?worker&url';

/** Far more than any text of this length should take, and no time in which somebody waits. */
export const LONGEST_MS = 200;

/** It answers when it can be asked. */
function begin(): Promise<Worker> {
  const worker = new Worker(scriptUrl(address), { type: 'module' });
  return new Promise((begun) => {
    worker.addEventListener('message', () => begun(worker), { once: true });
  });
}

/** What was found last, or that the trial was stopped. */
export function useTrial(asked: Asked): Tried | 'stopped' | undefined {
  const trial = useSignal<Tried | 'stopped' | undefined>(undefined);
  const begun = useRef<Promise<Worker> | undefined>(undefined);
  const end = (): void => {
    void begun.current?.then((worker) => worker.terminate());
    begun.current = undefined;
  };
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      begun.current ??= begin();
      const worker = await begun.current;
      if (isOver) {
        return;
      }
      timer = setTimeout(() => {
        timer = undefined;
        end();
        trial.value = 'stopped';
      }, LONGEST_MS);
      const heard = ({ data }: MessageEvent<Tried>): void => {
        clearTimeout(timer);
        timer = undefined;
        trial.value = data;
      };
      worker.addEventListener('message', heard, { once: true });
      worker.postMessage(asked, []);
    };
    void ask();
    return () => {
      isOver = true;
      if (timer !== undefined) {
        clearTimeout(timer);
        end();
      }
    };
  }, [JSON.stringify(asked)]);
  useEffect(() => end, []);
  return trial.value;
}
