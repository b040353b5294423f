// What is shown while nobody is there: a form or a field for a message, and when somebody will be.
import { dress } from '../look.ts';
import css from './away.css?inline';

export { Offline } from './Offline.tsx';
export { Unavailable } from './Unavailable.tsx';

dress(css);
