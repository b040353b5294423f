// What a visitor is asked: what they agree to and who they are before a chat, in a dialog before something is done,
// and at the end.
import { dress } from '../look.ts';
import css from './asking.css?inline';

export { Consent } from './Consent.tsx';
export { Ended } from './Ended.tsx';
export { Forgotten } from './Forgotten.tsx';
export { Questions } from './Questions.tsx';
export { Register } from './Register.tsx';

dress(css);
