// Colours: how well they are read on each other, and what is done where they are not.

export type Rgb = readonly [red: number, green: number, blue: number];

/** WCAG 2's contrast for text. */
export const ENOUGH = 4.5;
/** And that for what is only to be seen. */
export const SEEN = 3;
export const WHITE: Rgb = [255, 255, 255];
export const DARK_PAPER: Rgb = [24, 27, 30];

const brush = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

/** Any colour that CSS knows. */
export function parse(color: string | undefined): Rgb | undefined {
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

export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** The wished ink if it can be read, else black or white, one of which always can. */
export function ink(ground: Rgb, wished?: Rgb): Rgb {
  if (wished !== undefined && contrast(ground, wished) >= ENOUGH) {
    return wished;
  }
  return contrast(ground, WHITE) >= ENOUGH ? WHITE : [0, 0, 0];
}

const STEPS = 40;

/** The colour, moved until it has that contrast on the ground: towards black where it is light, and where it
 * is dark first to the brightest colour of its hue, so that it does not turn grey, and then to white. */
export function moved(color: Rgb, ground: Rgb, ratio: number): Rgb {
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
