import './style.css';

import { render } from 'preact';

const root = document.querySelector('#panel');
if (root !== null) {
  render(<p>Hark</p>, root);
}
