import './look/tokens.css';
import './look/console.css';
import './frame/frame.css';

import { render } from 'preact';

import { Console } from './frame/Console.tsx';
import { start } from './live/start.ts';
import { speak } from './texts.ts';

await speak();
start();
render(<Console />, document.body);
