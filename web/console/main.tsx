import './look/tokens.css';
import './look/console.css';
import './look/controls.css';
import './frame/frame.css';

import { render } from 'preact';

import { SERVER } from './api/http.ts';
import { Console } from './frame/Console.tsx';
import { start } from './live/start.ts';
import { speak } from './texts.ts';

// The page moves to other addresses, and what is relative in it would move along.
document.querySelector('link[rel="icon"]')?.setAttribute('href', `${SERVER}icon.svg`);

/** The browser would complain of fields in its own words and language. */
document.addEventListener(
  'invalid',
  (event) => {
    event.preventDefault();
    const field = event.target;
    if (field instanceof HTMLInputElement) {
      void import('./frame/complaint.tsx').then(({ complain }) => complain(field));
    }
  },
  true,
);

await speak();
start();
render(<Console />, document.body);
