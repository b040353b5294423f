// A visitor with the panel in front of him.

import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

import type { Desk, Room } from '../desk.ts';
import { watch } from '../browser.ts';

export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: readonly string[];

  private constructor(context: BrowserContext, page: Page, complaints: readonly string[]) {
    this.context = context;
    this.page = page;
    this.complaints = complaints;
  }

  /** A browser that was never here before. */
  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({
      locale: 'en-US',
      viewport: { width: 380, height: 640 },
      reducedMotion: 'reduce',
      ...options,
    });
    const complaints = await watch(context);
    const visitor = new Visitor(context, await context.newPage(), complaints);
    await visitor.page.goto(`${url}livechat`);
    return visitor;
  }

  /** The same browser, in another tab. */
  async secondTab(): Promise<Visitor> {
    const page = await this.context.newPage();
    await page.goto(this.page.url());
    return new Visitor(this.context, page, this.complaints);
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  get composer(): Locator {
    return this.field('Write a message');
  }

  /** Everything in the conversation that somebody said, in order. */
  get said(): Locator {
    return this.page.locator('.bubble');
  }

  bubble(text: string): Locator {
    return this.said.filter({ hasText: text });
  }

  /** To the form, without a word before it. */
  async toForm(): Promise<void> {
    const name = this.field('Name');
    await this.composer.or(name).waitFor();
    if (!(await name.isVisible())) {
      await this.composer.press('Enter');
    }
  }

  async introduce(name: string, email: string): Promise<void> {
    await this.toForm();
    await this.field('Name').fill(name);
    await this.field('Email').fill(email);
    await this.button('Start chat').click();
    await this.composer.waitFor();
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Until the server has everything that was said. */
  async arrived(): Promise<void> {
    await this.page.locator('.own .state').waitFor();
  }

  async menu(item: string): Promise<void> {
    await this.button('More').click();
    await this.button(item).click();
  }

  async token(): Promise<string> {
    return this.page.evaluate(
      () => (JSON.parse(localStorage.getItem('hark') ?? '{}') as { token: string }).token,
    );
  }

  /** The room in which he chats now. */
  async room(desk: Desk): Promise<Room> {
    const token = await this.token();
    const found = (await desk.rooms()).filter((room) => room.v.token === token && room.open === true);
    const [room, another] = found;
    if (room === undefined || another !== undefined) {
      throw new Error(`He has ${found.length} chats.`);
    }
    return room;
  }

  async leave(): Promise<void> {
    expect(this.complaints).toEqual([]);
    await this.context.close();
  }
}
