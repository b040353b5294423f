// On a phone the open panel is the whole screen: the page behind neither scrolls nor gets the focus,
// and the gesture that goes back puts the panel away and not the page.

const MARK = 'hark';

interface Marked {
  readonly [MARK]?: true;
}

const isMarked = () => (history.state as Marked | null)?.[MARK] === true;

interface Screen {
  readonly host: HTMLElement;
  /** Sets a property of the launcher's style. */
  readonly set: (property: string, value: string) => void;
  /** He went back. */
  readonly left: () => void;
}

/** Takes the whole screen until what it answers is called. */
export function fill({ host, set, left }: Screen): () => void {
  const { scrollX, scrollY, visualViewport: seen } = window;
  const done = new AbortController();
  const { signal } = done;

  // First, so that the browser keeps for the page where it was scrolled to.
  if (!isMarked()) {
    history.pushState({ ...(history.state as object | null), [MARK]: true }, '');
  }

  const others = [...document.body.children].filter(
    (other): other is HTMLElement => other instanceof HTMLElement && other !== host && !other.inert,
  );
  const hold = new CSSStyleSheet();
  hold.replaceSync(
    `html{overflow:hidden!important}body{position:fixed!important;inset:${-scrollY}px 0 auto ${-scrollX}px!important;width:100%!important}`,
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, hold];
  for (const other of others) {
    other.inert = true;
  }

  // A keyboard covers the page without making it smaller; what is left is the visual viewport.
  const fit = () => {
    if (seen !== null && seen.scale < 1.1) {
      set('--top', `${seen.offsetTop}px`);
      set('--height', `${seen.height}px`);
    }
  };
  seen?.addEventListener('resize', fit, { signal });
  seen?.addEventListener('scroll', fit, { signal });
  fit();

  addEventListener('popstate', left, { signal });

  return () => {
    done.abort();
    for (const other of others) {
      other.inert = false;
    }
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== hold);
    scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' });
    // Unless that is how he left, or the page has gone on by itself.
    if (isMarked()) {
      history.back();
    }
  };
}
