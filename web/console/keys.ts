// The keys of the console. What is on the screen says which ones it has; the innermost part counts.
import { signal } from '@preact/signals';

import { type Layer, useLayer } from './layers.ts';

/** `j`, `?`, `mod+k`, `g i`; `mod` is Command on a Mac and Control elsewhere. */
type Keys = Readonly<Record<string, () => void>>;

const SEQUENCE_MS = 1200;

export const isMac = /mac|iphone|ipad/i.test(navigator.platform);

const KEPT = 'hark.console.keys';

/** Whether keys without Control do anything, which they need not for those who dictate. */
export const hasSingleKeys = signal(localStorage.getItem(KEPT) !== 'off');

export function setSingleKeys(on: boolean): void {
  localStorage.setItem(KEPT, on ? 'on' : 'off');
  hasSingleKeys.value = on;
}

const layers: Layer<Keys>[] = [];
let prefix = '';
let since = 0;

/** Keys that work as long as this part is on the screen. */
export function useKeys(keys: Keys): void {
  useLayer(layers, keys);
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input:not([type="checkbox"]), textarea, select') !== null;
}

/** What arrows scroll while it has the focus. */
const SCROLLED = '[tabindex="0"], input';
/** What is pressed with Enter or the space bar while it has the focus. */
const PRESSED = ['a[href]', 'button', 'summary', ...['button', 'link', 'menuitem', 'menuitemradio', 'option', 'switch', 'tab'].map((role) => `[role="${role}"]`)].join();

/** Whether what has the focus understands the key itself. */
function isOwn(target: EventTarget | null, name: string): boolean {
  const own = name === 'Enter' || name === ' ' ? PRESSED : name.startsWith('Arrow') ? SCROLLED : undefined;
  return own !== undefined && target instanceof HTMLElement && target.matches(own);
}

/** What stands on a keyboard of Latin letters in the places of signs. */
const SIGNS: Readonly<Record<string, string>> = { BracketLeft: '[', BracketRight: ']', Slash: '/' };
/** A letter, digit or question mark of another script. */
const OTHER = /^(?![\p{Script=Latin}\d])[\p{L}\p{M}\p{Nd}؟]$/u;

/** What the key writes; on a keyboard of another script, what stands there on one of Latin letters. */
function written({ key, code, shiftKey }: KeyboardEvent): string {
  const place = OTHER.test(key) ? (/^(?:Key|Digit)(.)$/.exec(code)?.[1] ?? SIGNS[code]) : undefined;
  return place === '/' && shiftKey ? '?' : (place ?? key);
}

/** Whether it writes a sign with AltGr, or Option on a Mac, as many keyboards do with `[`. */
const isThirdSign = (event: KeyboardEvent): boolean =>
  /^[!-/:-@[-^{-~]$/.test(event.key) && (isMac ? event.altKey && !event.ctrlKey : event.getModifierState('AltGraph'));

const named = (event: KeyboardEvent): string => {
  const key = written(event);
  const mod = !isThirdSign(event) && (isMac ? event.metaKey : event.ctrlKey);
  const name = key.length === 1 ? key.toLowerCase() : key;
  const shift = event.shiftKey && (/^[a-z]$/.test(name) || mod) ? 'shift+' : '';
  return `${mod ? 'mod+' : ''}${shift}${name}`;
};

document.addEventListener('keydown', (event) => {
  const isOther = event.altKey || (isMac ? event.ctrlKey : event.metaKey);
  if (event.defaultPrevented || event.isComposing || (isOther && !isThirdSign(event))) {
    return;
  }
  const name = named(event);
  // Single keys are letters where one writes.
  const isSingle = !name.startsWith('mod+') && name !== 'Escape';
  if ((isWriting(event.target) && !name.startsWith('mod+')) || isOwn(event.target, name) || (isSingle && !hasSingleKeys.peek())) {
    return;
  }
  const begun = event.timeStamp - since < SEQUENCE_MS ? prefix : '';
  const act = [`${begun} ${name}`, name]
    .map((wanted) => layers.findLast(({ has }) => wanted in has)?.has[wanted])
    .find((found) => found !== undefined);
  prefix = name;
  since = event.timeStamp;
  if (act !== undefined && document.querySelector('dialog:modal') === null) {
    event.preventDefault();
    act();
  }
});
