// Colours: what the operator or the site chose, and an ink on each that can be read.
import { effect, signal } from '@preact/signals';

import type { Theme } from '../shared/protocol.ts';
import { config, screen } from './chat/state.ts';

/** What the site's page has set; it wins over the configuration. */
export const siteTheme = signal<Theme>({});

type Rgb = readonly [red: number, green: number, blue: number];

/** WCAG 2's contrast for text. */
const ENOUGH = 4.5;
/** And that for what is only to be seen. */
const SEEN = 3;
const DARK_PAPER: Rgb = [24, 27, 30];
/** The ground on which the accent is hardest to read, and how well it has to be: in the dark a tint of its
 * own may lie between. */
const WORST: Record<'light' | 'dark', readonly [ground: Rgb, ratio: number]> = {
  light: [[241, 242, 243], ENOUGH],
  dark: [[34, 38, 42], 5.3],
};
const FALLBACK: Rgb = [31, 111, 84];

const brush = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

/** Any colour that CSS knows. */
function parse(color: string | undefined): Rgb | undefined {
  if (brush === null || color === undefined || !CSS.supports('color', color)) {
    return undefined;
  }
  brush.clearRect(0, 0, 1, 1);
  brush.fillStyle = color;
  brush.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = brush.getImageData(0, 0, 1, 1).data;
  return alpha === 0 ? undefined : [red, green, blue];
}

function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map((part) => {
    const share = part / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** The wished ink if it can be read, else black or white, one of which always can. */
function ink(ground: Rgb, wished?: Rgb): Rgb {
  if (wished !== undefined && contrast(ground, wished) >= ENOUGH) {
    return wished;
  }
  const white: Rgb = [255, 255, 255];
  return contrast(ground, white) >= ENOUGH ? white : [0, 0, 0];
}

const STEPS = 40;

/** The colour, moved until it has that contrast on the ground: towards black where it is light, and where it
 * is dark first to the brightest colour of its hue, so that it does not turn grey, and then to white. */
function moved(color: Rgb, ground: Rgb, ratio: number): Rgb {
  const isLight = ink(ground)[0] === 0;
  const most = Math.max(...color, 1);
  let tried = color;
  for (let step = 1; step <= STEPS && contrast(tried, ground) < ratio; step += 1) {
    const share = step / STEPS;
    tried = color.map((part) => {
      const bright = (part * 255) / most;
      const lifted = part + (bright - part) * Math.min(1, share * 2);
      return Math.round(
        isLight ? part * (1 - share) : lifted + (255 - lifted) * Math.max(0, share * 2 - 1),
      );
    }) as unknown as Rgb;
  }
  return tried;
}

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
