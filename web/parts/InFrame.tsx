import { useEffect, useRef } from 'preact/hooks';

import { go } from '../console/place.ts';
import type { State } from './state.ts';

/** A part in one state, with what has to be done for it. */
export function Drawn({ state: { draw, focus, hover, press = [] } }: { readonly state: State }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const follow = async (): Promise<void> => {
      for (const selector of press) {
        box.current?.querySelector<HTMLElement>(selector)?.click();
        // What is pressed next is there with the next picture.
        await new Promise(requestAnimationFrame);
      }
    };
    void follow();
    for (const [selector, shown] of [[focus, 'shows-focus'], [hover, 'shows-hover']] as const) {
      if (selector !== undefined) {
        box.current?.querySelector(selector)?.classList.add(shown);
      }
    }
  }, []);
  return (
    <div ref={box} class="drawn">
      {draw()}
    </div>
  );
}

/** What its frame shows. */
export function InFrame({ state }: { readonly state: State }) {
  const { at, isPage = false, name } = state;
  if (at !== undefined) {
    go(at, 'replace');
  }
  return isPage ? (
    <Drawn state={state} />
  ) : (
    <main>
      <h1 class="unseen">{name}</h1>
      <Drawn state={state} />
    </main>
  );
}
