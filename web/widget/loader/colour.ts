/** WCAG's relative luminance of a computed colour; of what is not `rgb(…)`, that of a dark one. */
function luminance(computed: string): number {
  const [red = 0, green = 0, blue = 0] = computed.startsWith('rgb')
    ? (computed.match(/[\d.]+/g) ?? []).map((channel) => {
        const part = Number(channel) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      })
    : [];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, whichever is seen better on a colour. */
export function inkOn(computed: string): '#000' | '#fff' {
  // Where the contrasts with both are the same.
  return (luminance(computed) + 0.05) ** 2 > 1.05 * 0.05 ? '#000' : '#fff';
}
