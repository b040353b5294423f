// Where the panel keeps what outlives its page: with the browser, or with the site's page if the browser
// keeps nothing for frames of other sites.
import { isAlone, isScene, remind, tell } from './host.ts';

/** A scene is nobody's, so the browser has nothing to keep of it. */
const isRefused = isScene || (!isAlone && refuses());

function refuses(): boolean {
  try {
    localStorage.getItem('');
    return false;
  } catch {
    return true;
  }
}

/** With the page. */
let kept: Record<string, string> = {};

/** Brings what the page has kept. */
export async function fetchShelf(): Promise<void> {
  if (isRefused) {
    try {
      kept = JSON.parse(await remind()) as Record<string, string>;
    } catch {
      // Nothing yet, or a page that keeps nothing.
    }
  }
}

export function get(key: string): string | null {
  if (isRefused) {
    return kept[key] ?? null;
  }
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function set(key: string, text: string): void {
  if (isRefused) {
    kept[key] = text;
    tell('keep', JSON.stringify(kept));
    return;
  }
  try {
    localStorage.setItem(key, text);
  } catch {
    // There is no room: it lasts as long as the page.
  }
}

export function remove(key: string): void {
  if (isRefused) {
    delete kept[key];
    tell('keep', JSON.stringify(kept));
    return;
  }
  try {
    localStorage.removeItem(key);
  } catch {
    // Then nothing was kept.
  }
}
