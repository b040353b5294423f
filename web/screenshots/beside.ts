// Lays a drawing beside what came of it, into target/screenshots/beside: the drawing, the real one, and both with what
// differs in red. How much that is, of a hundred, stands in a file of the same name.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Browser } from 'playwright-core';

const OUT = fileURLToPath(new URL('../../target/screenshots/beside/', import.meta.url));

/** What is compared of a picture. */
export type Part = readonly [left: number, top: number, right: number, bottom: number];

export async function layBeside(browser: Browser, name: string, drawing: string, picture: Buffer, part: Part): Promise<void> {
  const drawn = await readFile(drawing);
  await mkdir(OUT, { recursive: true });
  const desk = await browser.newPage({ viewport: { width: 2800, height: 900 } });
  await desk.setContent('<body style="display:flex;gap:20px;margin:0;background:#888;align-items:start;inline-size:max-content">');
  const share = await desk.evaluate(
    async ([sources, [left, top, right, bottom]]) => {
      const images = await Promise.all(
        sources.map(async (source) => {
          const image = new Image();
          image.src = `data:image/png;base64,${source}`;
          await image.decode();
          return image;
        }),
      );
      const [one, other] = images.map((image) => {
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [right - left, bottom - top];
        const context = canvas.getContext('2d');
        context?.drawImage(image, -left, -top);
        document.body.append(canvas);
        return context?.getImageData(0, 0, canvas.width, canvas.height);
      });
      if (one === undefined || other === undefined) {
        return 100;
      }
      const { data, width, height } = one;
      const marked = document.createElement('canvas');
      [marked.width, marked.height] = [width, height];
      const shown = new ImageData(width, height);
      let different = 0;
      for (let at = 0; at < data.length; at += 4) {
        const apart = [at, at + 1, at + 2].some((channel) => Math.abs((data[channel] ?? 0) - (other.data[channel] ?? 0)) > 24);
        const grey = 200 + ((other.data[at + 1] ?? 0) * 55) / 255;
        shown.data.set(apart ? [220, 0, 0, 255] : [grey, grey, grey, 255], at);
        different += apart ? 1 : 0;
      }
      marked.getContext('2d')?.putImageData(shown, 0, 0);
      document.body.append(marked);
      return (different * 100) / (width * height);
    },
    [[drawn.toString('base64'), picture.toString('base64')], part] as const,
  );
  await desk.locator('body').screenshot({ path: join(OUT, `${name}.png`) });
  await desk.close();
  await writeFile(join(OUT, `${name}.txt`), `${share.toFixed(1)}\n`);
}
