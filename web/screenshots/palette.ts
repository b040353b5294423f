// A picture in 256 colours, which is a third as large and looks the same: pages have few, and many shades of letters' edges.
import { crc32, deflateSync } from 'node:zlib';

import type { Browser } from 'playwright-core';

const COLOURS = 256;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}

/** The colours that there are most of stay; others become the nearest of these. */
export async function inFewColours(browser: Browser, picture: Buffer): Promise<Buffer> {
  const desk = await browser.newPage();
  const { width, height, palette, pixels } = await desk.evaluate(
    async ([source, most]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${source}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context?.drawImage(image, 0, 0);
      const data = context?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray();
      const of = { channels: (colour: number): readonly number[] => [colour >> 16, (colour >> 8) & 255, colour & 255] };
      const counts = new Map<number, number>();
      const colours = Array.from({ length: data.length / 4 }, (_, at) => ((data[at * 4] ?? 0) << 16) | ((data[at * 4 + 1] ?? 0) << 8) | (data[at * 4 + 2] ?? 0));
      for (const colour of colours) {
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
      }
      const kept = [...counts].toSorted(([, one], [, other]) => other - one).slice(0, most).map(([colour]) => colour);
      const places = new Map<number, number>();
      for (const colour of counts.keys()) {
        const own = of.channels(colour);
        const apart = kept.map((other) => of.channels(other).reduce((sum, value, at) => sum + (value - (own[at] ?? 0)) ** 2, 0));
        places.set(colour, apart.indexOf(Math.min(...apart)));
      }
      const bytes = Uint8Array.from(colours, (colour) => places.get(colour) ?? 0);
      let text = '';
      for (let at = 0; at < bytes.length; at += 8192) {
        text += String.fromCodePoint(...bytes.subarray(at, at + 8192));
      }
      return { width: image.width, height: image.height, palette: kept.flatMap(of.channels), pixels: btoa(text) };
    },
    [picture.toString('base64'), COLOURS] as const,
  );
  await desk.close();
  const bytes = Buffer.from(pixels, 'base64');
  const lines = Array.from({ length: height }, (_, line) => Buffer.concat([Buffer.from([0]), bytes.subarray(line * width, (line + 1) * width)]));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits for each place in the palette.
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette)),
    chunk('IDAT', deflateSync(Buffer.concat(lines), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
