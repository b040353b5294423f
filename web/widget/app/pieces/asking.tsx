// What a visitor is asked: who they are before a chat, in a dialog before something is done, and at the end.
import { dress } from '../look.ts';
import css from './asking.css?inline';

export { Ended } from './Ended.tsx';
export { Questions } from './Questions.tsx';
export { Register } from './Register.tsx';

dress(css);
