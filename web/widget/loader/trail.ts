// The pages that the visitor looks at, on this site and in this tab.
import type { PageView } from '../shared/protocol.ts';
import { session } from './memory.ts';

const MOST = 10;
/** Where the browser does not say that a page has gone on by itself. */
const LOOK_EVERY_MS = 800;

/** Calls back now and whenever the address or the title is another. */
export function follow(seen: (view: PageView) => void): void {
  let href = '';
  let title: string | undefined;
  const look = () => {
    const view = { title: document.title, location: { href: location.href } };
    if (href !== location.href) {
      href = location.href;
      seen({ change: 'url', ...view });
    }
    if (title !== document.title) {
      title = document.title;
      seen({ change: 'title', ...view });
    }
  };
  look();
  new MutationObserver(look).observe(document.head, {
    childList: true,
    subtree: true,
    characterData: true,
  });
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation === undefined) {
    setInterval(look, LOOK_EVERY_MS);
  } else {
    navigation.addEventListener('currententrychange', look);
  }
}

/** Of this page, what is not written down. */
let here: PageView[] = [];

/** The pages that the panel has not told of a running chat. What is seen is written down when the page goes: to ask for the
 * browser's storage keeps a page waiting. */
export const trail = {
  keep(view: PageView): void {
    here = [...here, view].slice(-MOST);
  },
  all: (): readonly PageView[] => [...(session.get().trail ?? []), ...here].slice(-MOST),
  clear(): void {
    here = [];
    session.keep({ trail: [] });
  },
};

addEventListener('pagehide', () => {
  session.keep({ trail: trail.all() });
  here = [];
});
