import './try.css';

import { render } from 'preact';

import { site } from '../api/entry.ts';
import { speak } from '../texts.ts';
import { Shop } from './Shop.tsx';

const [name] = await Promise.all([site().then((here) => here.name, () => ''), speak()]);
document.title = name;
// The widget has its own place in the body.
const place = document.createElement('main');
document.body.append(place);
render(<Shop name={name} />, place);
