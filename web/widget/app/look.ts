// Colours: what the operator or the site chose, and an ink on each that can be read.
import { effect, signal } from '@preact/signals';

import { DARK_PAPER, ENOUGH, ink, moved, parse, type Rgb, SEEN } from '../../shared/colours.ts';
import type { Theme } from '../shared/protocol.ts';
import { config, screen } from './chat/state.ts';

/** What the site's page has set; it wins over the configuration. */
export const siteTheme = signal<Theme>({});

/** The ground on which the accent is hardest to read, and how well it has to be: in the dark a tint of its
 * own may lie between. */
const WORST: Record<'light' | 'dark', readonly [ground: Rgb, ratio: number]> = {
  light: [[241, 242, 243], ENOUGH],
  dark: [[34, 38, 42], 5.3],
};
const FALLBACK: Rgb = [31, 111, 84];

const css = (color: Rgb) => `rgb(${color.join(' ')})`;

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const isDark = signal(systemIsDark.matches);
systemIsDark.addEventListener('change', (event) => {
  isDark.value = event.matches;
});

export function paint(): void {
  effect(() => {
    const { appearance = 'auto', ...theme } = siteTheme.value;
    const mode = appearance === 'auto' ? (isDark.value ? 'dark' : 'light') : appearance;
    const set = config.value?.theme;
    const isAway = screen.value === 'offline' || screen.value === 'unavailable';
    const chosen =
      parse(theme.color) ?? parse(isAway ? set?.offlineColor : set?.color) ?? FALLBACK;
    // A deep blue button is seen in the dark, too.
    const brand = mode === 'dark' ? moved(chosen, DARK_PAPER, SEEN) : chosen;
    const own = parse(theme.guestBubbleBackgroundColor);
    const theirs = parse(theme.agentBubbleBackgroundColor);
    const back = parse(theme.background ?? set?.background);
    const root = document.documentElement;
    root.dataset['mode'] = mode;
    const colors: Record<string, Rgb | undefined> = {
      '--brand': brand,
      '--on-brand': ink(brand, parse(theme.fontColor)),
      '--accent': moved(chosen, ...WORST[mode]),
      '--own': own,
      '--on-own': own && ink(own),
      '--theirs': theirs,
      '--on-theirs': theirs && ink(theirs),
      '--back': back,
      '--on-back': back && ink(back),
    };
    for (const [name, color] of Object.entries(colors)) {
      if (color === undefined) {
        root.style.removeProperty(name);
      } else {
        root.style.setProperty(name, css(color));
      }
    }
  });
}

/** The style of a piece comes with it, over that of the panel. */
export function dress(style: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
