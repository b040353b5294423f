import './style.css';

import { effect } from '@preact/signals';
import { render } from 'preact';

import { calls, informPage } from './page.ts';
import { start } from './chat/chat.ts';
import { seeIfLooking } from './chat/messages.ts';
import { config, expanded } from './chat/state.ts';
import { isAlone, listenToPage } from './host.ts';
import { paint } from './look.ts';
import { speak } from './texts.ts';
import { Panel } from './ui/Panel.tsx';

const root = document.querySelector('#panel');

async function open(): Promise<void> {
  await speak(navigator.languages);
  paint();
  if (root !== null) {
    render(<Panel />, root);
  }
  expanded.value = isAlone;
  document.addEventListener('visibilitychange', seeIfLooking);
  // What the page asks for needs to know where the visitor stands.
  await start();
  listenToPage(calls);
  informPage();
}

// The operator's word counts more than the browser's.
effect(() => {
  const wished = config.value?.settings.language ?? '';
  if (wished !== '') {
    void speak([wished, ...navigator.languages]);
  }
});

void open();
