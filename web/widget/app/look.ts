// Colours: what the operator or the site chose, and an ink on each that can be read.
import { effect, signal } from '@preact/signals';

import type { Theme } from '../shared/protocol.ts';
import { config, screen } from './chat/state.ts';

/** What the site's page has set; it wins over the configuration. */
export const siteTheme = signal<Theme>({});

type Rgb = readonly [red: number, green: number, blue: number];

/** WCAG 2's contrast for text. */
const ENOUGH = 4.5;
const PAPER: Record<'light' | 'dark', Rgb> = { light: [255, 255, 255], dark: [27, 29, 33] };
const FALLBACK: Rgb = [31, 92, 204];

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

/** The colour, moved towards the ink of the paper until it can be read there. */
function readable(color: Rgb, paper: Rgb): Rgb {
  const end = ink(paper);
  for (let step = 0; step <= 10; step += 1) {
    const mixed = color.map((part, index) =>
      Math.round(part + (((end[index] ?? 0) - part) * step) / 10),
    ) as unknown as Rgb;
    if (contrast(mixed, paper) >= ENOUGH) {
      return mixed;
    }
  }
  return end;
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
    const paper = PAPER[mode];
    const set = config.value?.theme;
    const isAway = screen.value === 'offline' || screen.value === 'unavailable';
    const brand =
      parse(theme.color) ?? parse(isAway ? set?.offlineColor : set?.color) ?? FALLBACK;
    const own = parse(theme.guestBubbleBackgroundColor) ?? brand;
    const theirs = parse(theme.agentBubbleBackgroundColor);
    const ground = parse(theme.background ?? set?.background);
    const root = document.documentElement;
    root.dataset['mode'] = mode;
    const colors: Record<string, Rgb | undefined> = {
      '--brand': brand,
      '--on-brand': ink(brand, parse(theme.fontColor)),
      '--accent': readable(brand, paper),
      '--own': own,
      '--on-own': ink(own),
      '--theirs': theirs,
      '--on-theirs': theirs && ink(theirs),
      '--ground': ground,
      '--on-ground': ground && ink(ground),
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
