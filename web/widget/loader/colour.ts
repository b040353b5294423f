/** Red, green and blue of a colour: of one as settings have it, `#1f6f54`, without the browser, which for its own word would
 * style the whole page, then and there. Of what is not `rgb(…)` in that, none. */
function channels(colour: string, computed: () => string): readonly number[] {
  const pairs = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour);
  if (pairs !== null) {
    return pairs.slice(1).map((pair) => Number(`0x${pair}`));
  }
  const said = computed();
  return said.startsWith('rgb') ? (said.match(/[\d.]+/g) ?? []).map(Number) : [];
}

/** Black or white, whichever is seen better on a colour: by WCAG's relative luminance. An unknown one counts as dark. */
export function inkOn(colour: string, computed: () => string): '#000' | '#fff' {
  const [red = 0, green = 0, blue = 0] = channels(colour, computed).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // Where the contrasts with both are the same.
  return (luminance + 0.05) ** 2 > 1.05 * 0.05 ? '#000' : '#fff';
}
