import './style.css';

import { effect } from '@preact/signals';
import { render } from 'preact';

import { callsAfter, informPage } from './page.ts';
import { start } from './chat/chat.ts';
import { seeIfLooking } from './chat/messages.ts';
import { config, expanded } from './chat/state.ts';
import { enter } from './ui/focus.ts';
import { isAlone, isScene, listenToPage } from './host.ts';
import { recall } from './memory.ts';
import { paint } from './look.ts';
import { speak } from './texts.ts';
import { Panel } from './ui/Panel.tsx';

const root = document.querySelector<HTMLElement>('#panel');

/** What comes sooner needs no word that it is coming: one drawing is less work than two. */
const MOMENT_MS = 60;

async function open(): Promise<void> {
  await recall();
  const started = start();
  const moment = new Promise<void>((done) => {
    setTimeout(done, MOMENT_MS);
  });
  await Promise.all([speak(), Promise.race([started, moment])]);
  paint();
  if (root !== null) {
    render(<Panel />, root);
  }
  expanded.value = isAlone;
  document.addEventListener('visibilitychange', seeIfLooking);
  // It can be put away from the beginning; what the page asks for waits until it is known where the
  // visitor stands.
  listenToPage(callsAfter(started));
  await started;
  if (isAlone) {
    enter();
  }
  informPage();
}

// The operator's word counts more than the browser's.
effect(() => {
  const wished = config.value?.settings.language ?? '';
  if (wished !== '') {
    void speak({ operator: wished });
  }
});

if (root !== null && isScene) {
  void import('./pieces/scene.tsx').then(({ showScenes }) => showScenes(root));
} else {
  void open();
}
