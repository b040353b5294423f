// What is known on the site's next page. A browser may refuse to keep anything; then each page is the first.
import type { PageView } from '../shared/protocol.ts';

const KEY = 'hark';

interface Kept {
  /** A chat runs, so the panel is wanted at once. */
  running?: boolean;
  /** Triggers that have spoken. */
  done?: readonly string[];
  /** What the panel would keep itself, if the browser let it. */
  panel?: string;
  /** Invitations, by their triggers. */
  dismissed?: readonly string[];
}

/** As long as the tab is open. */
interface Session {
  /** The panel was open. */
  open?: boolean;
  /** The pages that the panel has not told of a running chat. */
  trail?: readonly PageView[];
}

function kept<Content extends object>(place: 'localStorage' | 'sessionStorage') {
  let content = {} as Content;
  const get = () => {
    try {
      // Another tab may have written since.
      content = JSON.parse(window[place].getItem(KEY) ?? '{}') as Content;
    } catch {
      // It is as it was on this page.
    }
    return content;
  };
  return {
    get,
    keep(more: Partial<Content>) {
      content = { ...get(), ...more };
      try {
        window[place].setItem(KEY, JSON.stringify(content));
      } catch {
        // It is known as long as this page is.
      }
    },
  };
}

/** Where the panel is the whole screen. */
export const phone = () => matchMedia('(max-width:480px),(max-height:480px) and (pointer:coarse)');

export const memory = kept<Kept>('localStorage');
export const session = kept<Session>('sessionStorage');
