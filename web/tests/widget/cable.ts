// The way between a browser and Hark, which a test can cut and mend.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export class Cable {
  /** Where the browser finds Hark, with a slash at the end. */
  readonly url: string;
  readonly #close: () => Promise<void>;
  readonly #ends: Set<Socket>;
  #isCut = false;

  private constructor(url: string, ends: Set<Socket>, close: () => Promise<void>) {
    this.url = url;
    this.#ends = ends;
    this.#close = close;
  }

  static async lay(hark: string): Promise<Cable> {
    const { hostname, port } = new URL(hark);
    const ends = new Set<Socket>();
    const server = createServer((near) => {
      if (cable.#isCut) {
        near.destroy();
        return;
      }
      const far = connect(Number(port), hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        ends.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          ends.delete(one);
          other.destroy();
        });
      }
    });
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    });
    const cable = new Cable(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      ends,
      () =>
        new Promise((closed) => {
          server.close(() => closed());
        }),
    );
    return cable;
  }

  /** Nothing comes through any more, and nobody gets a new connection. */
  cut(): void {
    this.#isCut = true;
    for (const end of this.#ends) {
      end.destroy();
    }
  }

  mend(): void {
    this.#isCut = false;
  }

  async remove(): Promise<void> {
    this.cut();
    await this.#close();
  }
}
