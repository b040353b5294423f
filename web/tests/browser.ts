import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type axe from 'axe-core';
import type { AxeResults, NodeResult, RunOptions } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Frame, type Page } from 'playwright-core';

declare global {
  interface Window {
    /** What {@link accessibilityFaults} puts into the page. */
    axe: typeof axe;
    /** What {@link watch} puts into the page. */
    harkViolation(text: string): void;
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Those that the machine has; nothing is downloaded. The shell draws pages with the same engine and has nothing around them: a page
 * and its context cost half. It has no notifications, for which the whole browser is there; and pictures and measurements are of that,
 * which is what people have.
 */
const BROWSERS = { shell: '/usr/bin/chromium-headless-shell', whole: '/usr/bin/chromium' } as const;

/** `CHROMIUM` names another instead of either. */
export function launchBrowser(which: keyof typeof BROWSERS): Promise<Browser> {
  const given = process.env['CHROMIUM'] ?? '';
  return chromium.launch({
    executablePath: given === '' ? BROWSERS[which] : given,
    // The sandbox neither runs as root nor in most containers, and the pages are our own.
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Each file of tests has contexts of its own in it; it is there for as long as the worker, which starts it once. */
const worker = globalThis as { harkBrowser?: Promise<Browser> };

export async function workersBrowser(): Promise<Browser> {
  worker.harkBrowser ??= launchBrowser('shell');
  const browser = await worker.harkBrowser.catch(() => undefined);
  if (browser?.isConnected() === true) {
    return browser;
  }
  worker.harkBrowser = launchBrowser('shell');
  return await worker.harkBrowser;
}

/** Nothing of a file is left in it for the next. */
export async function leaveBrowser(): Promise<void> {
  const browser = await worker.harkBrowser?.catch(() => undefined);
  await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
}

/** Collects what a page of ours must never have; goes on collecting while the context lives. */
export async function watch(context: BrowserContext): Promise<readonly string[]> {
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(`${message.type()} on the console: ${message.text()}`);
    }
  });
  context.on('weberror', (error) => {
    complaints.push(`uncaught: ${String(error.error())}`);
  });
  await context.exposeFunction('harkViolation', (text: string) => {
    complaints.push(`against the content security policy: ${text}`);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.harkViolation(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  return complaints;
}

export const RULES: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations', 'incomplete'],
  // Each document is looked at by itself.
  iframes: false,
  // An element is named by its text; and there is nothing that plays by itself, for which styles and media would be loaded anew.
  selectors: false,
  preload: false,
  rules: { 'frame-tested': { enabled: false } },
};

/**
 * What axe leaves to others: half of it is out of sight, because it is scrolled or something lies above it
 * for a moment; it is a sign or two, as a key's name or a count, or a field without words yet; a bar is drawn at the edge of it; or it is a word in a chart,
 * which has the colours of the words around it.
 */
const UNDECIDED: ReadonlySet<string> = new Set([
  'elmPartiallyObscured',
  'elmPartiallyObscuring',
  'partiallyObscured',
  'bgOverlap',
  'imgNode',
  'nonBmp',
  'shortTextContent',
  'pseudoContent',
  'emptyValue',
]);

/** The arrow of a list to choose from is drawn as a gradient, at its end, where there are no words. */
const isArrow = (key: string, html: string): boolean => key === 'bgGradient' && html.startsWith('<select');

/** It lies so far down in what scrolls that axe does not find the place. */
const isTooFar = ({ none }: NodeResult): boolean =>
  none.some(({ data }: { data?: { message?: string } | null }) => data?.message?.includes('exceeds the grid bounds') === true);

const isNotToBeDecided = (node: NodeResult): boolean =>
  isTooFar(node) ||
  node.any.some(({ data }: { data?: { messageKey?: string } | null }) => {
    const key = data?.messageKey ?? '';
    return UNDECIDED.has(key) || isArrow(key, node.html);
  });

/** What axe finds, and what it could not decide; one line for each element. */
export function accessibilityFaults(page: Page): Promise<string[]> {
  return faultsInside(page.mainFrame());
}

/** What cannot be read well, or told from the words around it, in the colours that there are now. */
export const COLOURS: RunOptions = { ...RULES, runOnly: ['color-contrast', 'link-in-text-block'] };

export function colourFaults(page: Page): Promise<string[]> {
  return faultsInside(page.mainFrame(), ':root', COLOURS);
}

/** What axe finds in a page in light, and then in the dark, where only colours are others. */
export async function faultsInLightAndDark(page: Page): Promise<string[]> {
  const isStill = await page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches);
  const inLight = await accessibilityFaults(page);
  // Colours that are on their way to others are not looked at.
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  const inDark = await colourFaults(page);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.emulateMedia({ reducedMotion: isStill ? 'reduce' : 'no-preference' });
  return [...inLight, ...inDark.map((fault) => `in the dark: ${fault}`)];
}

/** The same for one document, or a part of it. */
export async function faultsInside(frame: Frame, part = ':root', options = RULES): Promise<string[]> {
  // Not as a script tag, which the policy of the page would refuse; and once for a document, because it is half a megabyte.
  if (await frame.evaluate(() => !('axe' in window))) {
    await frame.evaluate(AXE);
  }
  // A colour that is on its way to another is not looked at.
  await frame.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().flatMap((one) => (one instanceof CSSTransition ? [one.finished] : [])));
  });
  const results: AxeResults = await frame.evaluate(
    ([root, rules]) => window.axe.run(root, rules),
    [part, options] as const,
  );
  return [...results.violations, ...results.incomplete].flatMap((fault) =>
    fault.nodes
      .filter((node) => !isNotToBeDecided(node))
      .map((node) => `${fault.id}: ${fault.help}: ${node.html}`),
  );
}
