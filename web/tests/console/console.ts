// Somebody who answers, with the console in front of them, and the visitors who write to them.

import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

import type { Welcome } from '../../console/api/documents.ts';
import type { Session } from '../../console/api/session.ts';
import { watch } from '../browser.ts';
import { type Agent, Caller, type Desk } from '../desk.ts';

/** What the console may say on the browser's own console: that the server, or the browser, refused something it had to try. */
const EXPECTED = /Failed to load resource|WebSocket connection to|does not support the Push API in incognito mode/;

export class Console {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #complaints: readonly string[];

  private constructor(context: BrowserContext, page: Page, complaints: readonly string[]) {
    this.context = context;
    this.page = page;
    this.#complaints = complaints;
  }

  /** A browser that was never here before. */
  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Console> {
    const console = await Console.#come(browser, options);
    await console.page.goto(url);
    return console;
  }

  static async #come(browser: Browser, options: BrowserContextOptions): Promise<Console> {
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    const complaints = await watch(context);
    return new Console(context, await context.newPage(), complaints);
  }

  /** One in which somebody has logged in and stays so; who wants to see how that is done opens it and enters. */
  static async logIn(
    browser: Browser,
    url: string,
    { username, password }: Pick<Agent, 'username' | 'password'>,
    options: BrowserContextOptions = {},
  ): Promise<Console> {
    const console = await Console.#come(browser, options);
    const { data } = await new Caller(new URL('/', url).href).tell<{ data: Welcome }>('login', { user: username, password });
    const session: Session = { user: data.userId, token: data.authToken, login: username };
    const kept = await console.page.addInitScript((text) => localStorage.setItem('hark.console.session', text), JSON.stringify(session));
    await console.page.goto(url);
    // Otherwise nobody could log out.
    await kept.dispose();
    await console.page.locator('.framed').waitFor();
    await console.settled();
    // Where chats are read, they are listened to as well.
    await console.page.locator('[data-connection]:not([data-connection="live"])').waitFor({ state: 'detached' });
    return console;
  }

  async enter(username: string, password: string): Promise<void> {
    await this.page.getByLabel('Name or e-mail').fill(username);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.button('Log in').click();
  }

  /** Until everything is read and listened to. */
  async listening(): Promise<void> {
    await this.page.locator('[data-connection="live"]').waitFor();
  }

  /** Until the page that is open has read what it shows. */
  async settled(): Promise<void> {
    await this.page.locator('main:not([aria-busy="true"]) :is(h1, h2)').first().waitFor({ state: 'attached' });
    await this.page.locator('main [aria-busy="true"], main .skeleton').first().waitFor({ state: 'detached' });
  }

  /** Until it is there; a second of the page's clock, which a test has installed, goes by for each look. */
  async comes(what: Locator): Promise<void> {
    await expect
      .poll(async () => {
        await this.page.clock.runFor(1000);
        return await what.count();
      })
      .toBeGreaterThan(0);
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  row(name: string): Locator {
    return this.page.locator('a.row').filter({ has: this.page.locator('.who').getByText(name, { exact: true }) });
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Reply to / });
  }

  bubble(text: string): Locator {
    return this.page.locator('.bubble').filter({ hasText: text });
  }

  async openChat(name: string): Promise<void> {
    await this.row(name).click();
    await this.page.getByRole('heading', { name, exact: true }).waitFor();
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  async leave(): Promise<void> {
    expect(this.#complaints.filter((complaint) => !EXPECTED.test(complaint))).toEqual([]);
    await this.context.close();
  }
}

/** A visitor who has a chat; everything else they do over the public API. */
export class Guest {
  readonly #desk: Desk;
  readonly token: string;
  readonly rid: string;
  #said = 0;

  private constructor(desk: Desk, token: string, rid: string) {
    this.#desk = desk;
    this.token = token;
    this.rid = rid;
  }

  /** With an agent of their browser, where it matters what they sit at. */
  static async come(desk: Desk, name: string, words: string, more: object = {}, userAgent?: string): Promise<Guest> {
    const token = `token-of-${name}`.replaceAll(' ', '-');
    const browser = userAgent === undefined ? desk.anyone : new Caller(desk.server.url, { 'User-Agent': userAgent });
    await browser.tell('livechat/visitor', { visitor: { token, name, ...more } });
    const widget = new Caller(desk.server.url, { Referer: `${desk.server.url}livechat` });
    const { room } = await widget.ask<{ room: { _id: string } }>(`livechat/room?token=${token}`);
    const guest = new Guest(desk, token, room._id);
    await guest.say(words);
    return guest;
  }

  async say(msg: string): Promise<string> {
    const body = { token: this.token, rid: this.rid, msg };
    const { message } = await this.#desk.anyone.tell<{ message: { _id: string } }>('livechat/message', body);
    return message._id;
  }

  /** Says something until the server has taken it, however often that is, as a widget does. */
  async insist(msg: string): Promise<void> {
    this.#said += 1;
    const body = { _id: `${this.rid}-${this.#said}`, token: this.token, rid: this.rid, msg };
    for (;;) {
      try {
        await this.#desk.anyone.tell('livechat/message', body);
        return;
      } catch (error) {
        // Nobody is there: the next try waits for nothing else.
        if (!(error instanceof TypeError)) {
          throw error;
        }
      }
    }
  }

  /** What was said to them, oldest first. */
  async heard(): Promise<string[]> {
    const path = `livechat/messages.history/${this.rid}?token=${this.token}&limit=100`;
    const { messages } = await this.#desk.anyone.ask<{ messages: { msg: string; token?: string; t?: string }[] }>(path);
    return messages
      .filter(({ token, t }) => token === undefined && t === undefined)
      .map(({ msg }) => msg)
      .toReversed();
  }
}
