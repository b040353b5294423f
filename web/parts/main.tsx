import '../console/look/tokens.css';
import '../console/look/console.css';
import '../console/look/controls.css';
import '../console/frame/frame.css';
import '../console/pages/inbox/inbox.css';
import '../console/pages/chats/chats.css';
import './parts.css';

import { render } from 'preact';

import { readPeople } from '../console/live/people.ts';
import { place } from '../console/place.ts';
import { speak, speakOf } from '../console/texts.ts';
import { framed } from './groups.ts';
import { InFrame } from './InFrame.tsx';
import { Page } from './Page.tsx';
import { standIn } from './stand-in.ts';

await Promise.all([speak(), speakOf('figures'), speakOf('forms'), speakOf('monitor'), readPeople()]);
standIn();
const asked = place.peek().query.get('state');
const state = asked === null ? undefined : framed.get(asked);
// What takes the focus would scroll the page there.
const focus: (this: HTMLElement, options: FocusOptions) => void = Reflect.get(HTMLElement.prototype, 'focus');
HTMLElement.prototype.focus = function quietly(this: HTMLElement) {
  focus.call(this, { preventScroll: true });
};
render(state === undefined ? <Page /> : <InFrame state={state} />, document.body);
document.documentElement.dataset['drawn'] = '';
