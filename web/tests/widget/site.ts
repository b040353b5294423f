// Somebody's site on an origin of its own, and a browser that looks at it.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Frame,
  FrameLocator,
  Locator,
  Page,
} from 'playwright-core';
import { expect } from 'vitest';

import { watch } from '../browser.ts';

export interface Content {
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Site {
  /** With a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** A site that answers every path with what this says. It is of another origin than Hark; by a host
 * of another name it is another site too, for whose frames browsers keep less. */
export async function openSite(
  pages: (path: string) => Content,
  host = '127.0.0.1',
): Promise<Site> {
  const server = createServer((request, response) => {
    const { html, headers = {} } = pages(request.url ?? '/');
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(html);
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
    },
  };
}

export interface Parts {
  readonly title?: string;
  readonly head?: string;
  /** What brings the widget; by default the one line. */
  readonly script?: string;
  readonly root?: string;
}

/** A page that is longer than any screen, with fields and links of its own. */
export function page(hark: string, parts: Parts = {}): string {
  const { title = 'Shop', head = '', root = 'lang="en"', script = oneLine(hark) } = parts;
  return `<!doctype html>
<html ${root}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
${head}
</head>
<body>
<main>
<h1>${title}</h1>
<a href="/other">Another page</a>
${'<p>Something that is sold here.</p>\n'.repeat(80)}
<button id="last">Buy</button>
</main>
${script}
</body>
</html>`;
}

export const oneLine = (hark: string): string =>
  `<script async src="${hark}livechat/widget.js"></script>`;

/** How sites that had Rocket.Chat bring it in, and what they ask for meanwhile. */
export const snippet = (hark: string, calls: string): string => `<script>
(function (page, name, url) {
  page[name] = function (call) { page[name]._.push(call); };
  page[name]._ = [];
  page[name].url = url;
  var first = document.getElementsByTagName('script')[0];
  var script = document.createElement('script');
  script.async = true;
  script.src = url + '/rocketchat-livechat.min.js?_=201903270000';
  first.parentNode.insertBefore(script, first);
})(window, 'RocketChat', '${hark}livechat');
${calls}
</script>`;

export class Guest {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly #asked: (readonly [method: string, url: string])[] = [];
  sockets = 0;
  /** Of how much the panel asks to hear, and hears. */
  #asksToHear = 0;
  #hears = 0;

  private constructor(context: BrowserContext, tab: Page, complaints: readonly string[]) {
    this.context = context;
    this.page = tab;
    this.complaints = complaints;
  }

  /** A browser that was never here before, before it goes anywhere. */
  static async come(browser: Browser, options: BrowserContextOptions = {}): Promise<Guest> {
    const context = await browser.newContext({
      locale: 'en-US',
      viewport: { width: 1000, height: 700 },
      // What moves is measured where it stands in the end.
      reducedMotion: 'reduce',
      ...options,
    });
    const complaints = await watch(context);
    const guest = new Guest(context, await context.newPage(), complaints);
    context.on('request', (request) => {
      guest.#asked.push([request.method(), request.url()]);
    });
    guest.page.on('websocket', (socket) => {
      guest.sockets += 1;
      socket.on('framesent', ({ payload }) => {
        guest.#asksToHear += payload.includes('"msg":"sub"') ? 1 : 0;
      });
      socket.on('framereceived', ({ payload }) => {
        guest.#hears += payload.includes('"msg":"ready"') ? 1 : 0;
      });
    });
    return guest;
  }

  /** What was asked over the network, without the site's own pages. */
  get requests(): readonly string[] {
    const site = new URL(this.page.url()).origin;
    return this.#asked
      .map(([method, url]) => [method, new URL(url)] as const)
      .filter(([, url]) => url.protocol === 'http:' && url.origin !== site)
      .map(([method, url]) => `${method} ${url.pathname}`);
  }

  get host(): Locator {
    return this.page.locator('.rocketchat-widget');
  }

  get launcher(): Locator {
    return this.host.locator('button.launcher');
  }

  get iframe(): Locator {
    return this.page.locator('iframe#rocketchat-iframe');
  }

  get panel(): FrameLocator {
    return this.page.frameLocator('iframe#rocketchat-iframe');
  }

  async see(url: string): Promise<void> {
    await this.page.goto(url);
    // Where the panel is open it is in the launcher's place.
    await this.launcher.waitFor({ state: 'attached' });
  }

  /** Until the panel shows something that can be used. */
  async opened(): Promise<void> {
    await expect.poll(() => this.launcher.getAttribute('aria-expanded')).toBe('true');
    await this.panel.locator('main:not(.screen-loading)').waitFor();
  }

  async closed(): Promise<void> {
    await expect.poll(() => this.launcher.getAttribute('aria-expanded')).toBe('false');
    await expect.poll(() => this.iframe.isVisible()).toBe(false);
  }

  /** Puts the panel away by its own button. */
  async shut(): Promise<void> {
    await this.panel.locator('header .plain').last().click();
    await this.closed();
  }

  /** Runs in the page with what the widget offers to it. */
  async call(method: string, ...args: readonly unknown[]): Promise<void> {
    await this.page.evaluate(
      ([name, given]) => {
        const { RocketChat } = window as unknown as {
          RocketChat: { livechat: Record<string, (...all: readonly unknown[]) => void> };
        };
        RocketChat.livechat[name]?.(...given);
      },
      [method, args] as const,
    );
  }

  /** To the form, without a word before it. */
  async toForm(): Promise<void> {
    const name = this.panel.getByLabel('Name', { exact: true });
    await this.composer.or(name).waitFor();
    if (!(await name.isVisible())) {
      await this.composer.press('Enter');
    }
    await name.waitFor();
  }

  async introduce(name: string): Promise<void> {
    await this.toForm();
    await this.panel.getByLabel('Name', { exact: true }).fill(name);
    await this.panel.getByLabel('Email', { exact: true }).fill(`${name}@example.org`);
    await this.panel.getByRole('button', { name: 'Start chat' }).click();
    await this.composer.waitFor();
  }

  get composer(): Locator {
    return this.panel.getByLabel('Write a message', { exact: true });
  }

  /** Says something, and waits until the server has it. */
  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await this.panel.locator('.own .state').waitFor();
  }

  /** Until the panel hears whatever happens in the chat. */
  async listens(): Promise<void> {
    await expect.poll(() => this.#hears > 0 && this.#hears === this.#asksToHear).toBe(true);
  }

  /** By which the server knows him. */
  async token(): Promise<string> {
    return (await this.frame()).evaluate(
      () => (JSON.parse(localStorage.getItem('hark') ?? '{}') as { token: string }).token,
    );
  }

  /** The document in the frame. */
  async frame(): Promise<Frame> {
    const frame = await (await this.iframe.elementHandle())?.contentFrame();
    if (frame === null || frame === undefined) {
      throw new Error('There is no frame.');
    }
    return frame;
  }

  async leave(): Promise<void> {
    expect(this.complaints).toEqual([]);
    await this.context.close();
  }
}
