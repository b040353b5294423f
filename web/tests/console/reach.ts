// What of a page somebody cannot get at: because it lies out of the frame, or because no key leads there.
import type { Frame, Page } from 'playwright-core';

/** What makes the page scroll sideways, lies beyond its edge, has words that are cut off, or is further down than anybody can scroll; a
 * line for each. */
export async function outOfFrame(page: Page | Frame): Promise<string[]> {
  return await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const found = scrollWidth > clientWidth ? [`${scrollWidth} px in ${clientWidth}`] : [];
    const of = {
      called: (one: Element): string => `<${one.localName} class="${one.getAttribute('class') ?? ''}"> ${one.textContent?.trim().slice(0, 40) ?? ''}`,
      /** A line of it has to fit into all that it is scrolled in. */
      isReached: (one: Element, { top }: DOMRect): boolean => {
        // A frame is as high as who shows it wants it.
        let isInSight = top < innerHeight || window !== window.top || getComputedStyle(document.body).overflowY !== 'hidden';
        for (let around = one.parentElement; around !== null && around !== document.body; around = around.parentElement) {
          if (['auto', 'scroll'].includes(getComputedStyle(around).overflowY) && around.scrollHeight > around.clientHeight) {
            if (around.clientHeight < 40) {
              return false;
            }
            isInSight = true;
          }
        }
        return isInSight;
      },
    };
    interface Place {
      readonly scrolls: boolean;
      readonly isInScrolling: boolean;
      /** For those who hear the page, or shortened with dots and a way to read it; or in what is. */
      readonly isMeant: boolean;
    }
    // What is around an element comes before it.
    const places = new Map<Element | null, Place>();
    for (const one of document.querySelectorAll('body *')) {
      const around = places.get(one.parentElement);
      const { overflowX, clipPath, textOverflow } = getComputedStyle(one);
      const scrolls = ['auto', 'scroll'].includes(overflowX);
      const isInScrolling = around !== undefined && (around.isInScrolling || around.scrolls);
      const isMeant = around?.isMeant === true || clipPath !== 'none' || textOverflow === 'ellipsis';
      places.set(one, { scrolls, isInScrolling, isMeant });
      const words = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '');
      const box = one.getBoundingClientRect();
      const isDrawn = box.width > 0 && box.height > 0 && one.checkVisibility({ visibilityProperty: true });
      if (!isDrawn || one.closest('svg') !== null || isMeant) {
        continue;
      }
      const isControl = one.matches('button, a.button, .badge, .chip');
      const isBeyond = (words || isControl) && (box.right > clientWidth + 1 || box.left < -1);
      if (isBeyond && !isInScrolling) {
        found.push(`beyond the edge: ${of.called(one)}`);
      }
      const isCut = one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0;
      // Tables and what machines read may be wider than the page; what is read there may not.
      if (isCut && scrolls && one.querySelector('h1, h2, h3, p, label') !== null && !one.matches('.code, .segments')) {
        found.push(`scrolls sideways: ${of.called(one)}`);
      }
      if (isCut && (isControl || (words && ['hidden', 'clip'].includes(overflowX)))) {
        found.push(`cut off: ${of.called(one)}`);
      }
      if ((words || isControl) && !of.isReached(one, box)) {
        found.push(`too far down: ${of.called(one)}`);
      }
    }
    return found;
  });
}

/** Controls without a name for those who hear the page. What stands in a field as an example is none, and goes when somebody writes. */
export async function unnamed(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const of = {
      nameOf: (one: Element): string => {
        const isField = one.matches('input, select, textarea');
        const words = isField ? [...((one as HTMLInputElement).labels ?? [])] : [one, ...one.querySelectorAll('img')];
        const around = (one.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id));
        const said = [...around, ...words].map((word) => word?.getAttribute('alt') ?? word?.textContent ?? '');
        return [one.getAttribute('aria-label') ?? '', ...said, one.getAttribute('title') ?? ''].join('').trim();
      },
    };
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, [role=button], [role=switch], [role=tab], [role=option], [role=radio]')]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }) && of.nameOf(one) === '')
      .map((one) => one.outerHTML.slice(0, 120));
  });
}

/** So many keys are pressed before one looks whether the round is over. */
const AT_ONCE = 20;
const MOST = 1200;

/** What can be pressed and is never reached with Tab; in a group in which arrows move, one of it is enough. */
export async function hiddenFromKeys(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    // Where the focus was last, the round begins: that is before everything.
    const start = document.createElement('i');
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
    start.remove();
    const reached = new Set<Element>();
    const round = new AbortController();
    Object.assign(window, { reached, round });
    let first: Element | undefined;
    document.addEventListener(
      'focusin',
      ({ target }) => {
        if (target instanceof Element) {
          if (first === target) {
            round.abort();
          }
          first ??= target;
          reached.add(target);
        }
      },
      { signal: round.signal },
    );
  });
  for (let pressed = 0; pressed < MOST; pressed += AT_ONCE) {
    // None waits until what the one before has done is known here.
    await Promise.all(Array.from({ length: AT_ONCE }, () => page.keyboard.press('Tab')));
    if (await page.evaluate(() => (window as unknown as { round: AbortController }).round.signal.aborted || document.activeElement === document.body)) {
      break;
    }
  }
  return await page.evaluate(() => {
    const { reached, round } = window as unknown as { reached: ReadonlySet<Element>; round: AbortController };
    round.abort();
    const GROUPS = '[role=tablist], [role=radiogroup], [role=listbox], [role=grid], [role=menu], table.matrix, fieldset:has(input[type=radio])';
    const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [role=button], [role=switch], [role=tab], [role=option], [role=radio], [contenteditable]');
    return [...all]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(':disabled, [type=hidden]') && one.closest('[inert]') === null)
      .filter((one) => !reached.has(one) && ![...reached].some((other) => one.closest(GROUPS)?.contains(other) === true))
      .map((one) => `<${one.localName} class="${one.getAttribute('class') ?? ''}"> ${(one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 40)}`);
  });
}

/** What is set apart by its ground, which is the system's for everything. */
const SET_APART = '.bubble, .note, .badge, .count, .button:not(.skip), .popover, .dialog, .toast, .banner';

/**
 * In the system's colours: what is chosen, switched on or current and looks like the others beside it, and what has no edge to be seen
 * by. Grounds are all the same there, also where the browser says that one is clear and the other is not.
 */
export async function unmarked(page: Page | Frame): Promise<string[]> {
  return await page.evaluate((apart) => {
    const of = {
      called: (one: Element): string => `<${one.localName} class="${one.getAttribute('class') ?? ''}"> ${one.textContent?.trim().slice(0, 40) ?? ''}`,
      opaque: (colour: string): string => colour.replace(/^rgba\((.*), [\d.]+\)$/, 'rgb($1)'),
      edge: (width: string, colour: string): string => (width === '0px' ? '' : `${width} ${colour}`),
      look: (one: Element): string => {
        const own = getComputedStyle(one);
        const before = getComputedStyle(one, '::before');
        const outline = own.outlineStyle === 'none' ? '' : own.outlineColor;
        const edges = [of.edge(own.borderTopWidth, own.borderTopColor), of.edge(own.borderBottomWidth, own.borderBottomColor)];
        return [outline, ...edges, own.fontWeight, of.opaque(own.backgroundColor), own.color, before.content, of.opaque(before.backgroundColor)].join(' ');
      },
      isOn: (one: Element): boolean =>
        ['aria-pressed', 'aria-selected', 'aria-checked'].some((name) => one.getAttribute(name) === 'true') || one.hasAttribute('aria-current'),
    };
    const found: string[] = [];
    for (const group of document.querySelectorAll('.segments, [role=tablist], [role=radiogroup], .tabs, .menu ul, .rail ul, .rows')) {
      const all = [...group.querySelectorAll('a, button, [role=tab], [role=radio]')].filter((one) => one.checkVisibility());
      const on = all.find(of.isOn);
      const off = all.filter((one) => !of.isOn(one) && one.localName === on?.localName);
      if (on !== undefined && off.some((one) => of.look(one) === of.look(on))) {
        found.push(`not marked: ${of.called(on)}`);
      }
    }
    for (const one of document.querySelectorAll(apart)) {
      const { borderTopWidth, outlineStyle } = getComputedStyle(one);
      if (borderTopWidth === '0px' && outlineStyle === 'none' && one.checkVisibility()) {
        found.push(`no edge: ${of.called(one)}`);
      }
    }
    return found;
  }, SET_APART);
}

/** Words that lie on other words, and words of charts and counts that stand out of what they are drawn in; a line for each. */
export async function onEachOther(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    interface Words {
      readonly said: string;
      readonly of: Element;
      readonly box: DOMRect;
    }
    const of = {
      /** What of it can be seen, where it is in something that hides or scrolls what does not fit. */
      seen: (box: DOMRect, element: Element): DOMRect => {
        let { left, top, right, bottom } = box;
        for (let around: Element | null = element; around !== null && around !== document.body; around = around.parentElement) {
          const { overflowX, overflowY, position } = getComputedStyle(around);
          if (around instanceof HTMLElement && (overflowX !== 'visible' || overflowY !== 'visible')) {
            const edge = around.getBoundingClientRect();
            [left, top, right, bottom] = [Math.max(left, edge.left), Math.max(top, edge.top), Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
          }
          if (position === 'fixed') {
            break;
          }
        }
        return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
      },
      isFor: (element: Element): boolean =>
        element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.closest('.unseen, .skip, [popover]') === null && getComputedStyle(element).clipPath === 'none',
      /** That one lies in the other by more than the edges of letters. */
      isIn: (one: DOMRect, other: DOMRect): boolean =>
        Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2 && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 6,
    };
    const found: string[] = [];
    const all: Words[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode() !== null) {
      const node = walker.currentNode;
      const said = (node.textContent ?? '').trim();
      const element = node.parentElement;
      if (said === '' || element === null || !of.isFor(element)) {
        continue;
      }
      const range = document.createRange();
      range.selectNodeContents(node);
      const within = element.closest('.chart-box') ?? (element.matches('.count') ? element : null);
      for (const line of range.getClientRects()) {
        const room = within?.getBoundingClientRect();
        const isWithin = room === undefined || (line.left > room.left - 1 && line.right < room.right + 1 && line.top > room.top - 1 && line.bottom < room.bottom + 1);
        if (room !== undefined && (!isWithin || room.left < 0 || room.right > innerWidth)) {
          found.push(`cut off: ${said}`);
        }
        const box = of.seen(line, element);
        if (box.width > 0 && box.height > 0) {
          all.push({ said, of: element, box });
        }
      }
    }
    for (const [at, one] of all.entries()) {
      for (const other of all.slice(at + 1)) {
        if (one.of !== other.of && of.isIn(one.box, other.box)) {
          found.push(`on each other: ${one.said.slice(0, 30)} / ${other.said.slice(0, 30)}`);
        }
      }
    }
    return [...new Set(found)];
  });
}
