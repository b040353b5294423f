// The published widget on somebody's page, as the visitor sees it.

import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';

/** What the widget called back: the event, and what was told with it. */
type Callback = readonly [event: string, data: unknown];

/** What the page can do with the widget, as far as the tests do it. */
interface Api {
  registerGuest(guest: Readonly<Record<string, string>>): void;
  setCustomField(key: string, value: string): void;
  setGuestName(name: string): void;
  setTheme(theme: Readonly<Record<string, string>>): void;
  hideWidget(): void;
  showWidget(): void;
}

declare global {
  interface Window {
    called: Callback[];
    RocketChat(run: (this: Api) => void): void;
  }
}

/** A browser without a face plays nothing; what is declined is thrown as it came, and shown. */
const HARMLESS = /supported source|play\(\)|^Object$/;

/** The widget's own class names; what its build appends to them is left out. */
const part = (name: string) => `[class*="${name}__"]`;

export class Widget {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly frame: FrameLocator;
  readonly composer: Locator;
  /** Errors of its scripts that nobody caught. */
  readonly #errors: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    this.frame = page.frameLocator('#rocketchat-iframe');
    this.composer = this.frame.locator('[contenteditable]');
    page.on('pageerror', (error) => this.#errors.push(error.message));
  }

  /** A browser that was never here before looks at the site. */
  static async visit(browser: Browser, url: string): Promise<Widget> {
    const context = await browser.newContext({ locale: 'en-US' });
    context.setDefaultTimeout(20_000);
    const widget = new Widget(context, await context.newPage());
    await widget.page.goto(url);
    return widget;
  }

  /** The same, and the visitor opens the widget. */
  static async open(browser: Browser, url: string): Promise<Widget> {
    const widget = await Widget.visit(browser, url);
    await widget.maximize();
    return widget;
  }

  /** It starts small after each load. */
  async maximize(): Promise<void> {
    await this.frame.locator(part('screen__chat-button')).click();
  }

  async minimize(): Promise<void> {
    await this.button('Minimize chat').click();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.maximize();
  }

  /** The visitor goes; nothing that the server answered has broken the widget's scripts. */
  async close(): Promise<void> {
    await this.context.close();
    const broken = this.#errors.filter((error) => !HARMLESS.test(error));
    if (broken.length > 0) {
      throw new Error(`The widget's scripts broke: ${broken.join('; ')}`);
    }
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name, exact: true });
  }

  field(name: string): Locator {
    return this.frame.locator(`[name="${name}"]`);
  }

  async fillIn(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      await this.field(name).fill(value);
    }
  }

  async write(words: string): Promise<void> {
    await this.composer.click();
    await this.composer.pressSequentially(words);
  }

  async say(words: string): Promise<void> {
    await this.write(words);
    await this.composer.press('Enter');
  }

  /** What stands in the bubbles, from the top down. */
  bubbles = async (): Promise<string[]> => {
    const texts = await this.frame.locator(`li[id] ${part('message-bubble')}`).allInnerTexts();
    return texts.map((words) => words.trim());
  };

  /** Who answers, or what the screen is about. */
  title = async (): Promise<string> => this.frame.locator(part('header__title')).innerText();

  /** What is asked, or told, in front of everything else. */
  question = async (): Promise<string> =>
    this.frame.locator(part('modal__message')).innerText();

  get typing(): Locator {
    return this.frame.locator(`div${part('typing-dots')}`);
  }

  get alert(): Locator {
    return this.frame.getByRole('alert');
  }

  /** What it called back so far. */
  called = async (): Promise<Callback[]> => this.page.evaluate(() => window.called);

  callbacks = async (): Promise<string[]> => (await this.called()).map(([event]) => event);
}
