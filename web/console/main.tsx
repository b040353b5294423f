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

await speak();
start();
render(<Console />, document.body);
