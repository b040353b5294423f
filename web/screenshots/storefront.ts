// The page of a shop with the widget in it, as it was drawn, and what is known of those who answer there: their
// faces, and how soon they do.
import { readFile } from 'node:fs/promises';

import type { Browser } from 'playwright-core';

import type { Agent, Desk } from '../tests/desk.ts';
import { oneLine, openSite, type Site } from '../tests/widget/site.ts';

const read = (name: string) => readFile(new URL(`./storefront/${name}`, import.meta.url), 'utf8');

/** So many chats tell how soon one is answered. */
const ANSWERED = 3;

/** At `/ar` in Arabic's direction. */
export async function openStorefront(desk: Desk): Promise<Site> {
  const html = (await read('index.html')).replace('<!-- widget -->', oneLine(desk.server.url));
  return openSite((path) => ({
    html: path === '/ar' ? html.replace('<html lang="en">', '<html lang="ar" dir="rtl">') : html,
  }));
}

/** Gives each the face that was drawn, as they would themselves. */
export async function showFaces(browser: Browser, agents: Readonly<Record<string, Agent>>): Promise<void> {
  const paper = await browser.newPage({ viewport: { width: 160, height: 160 } });
  for (const [face, agent] of Object.entries(agents)) {
    await paper.setContent(`<style>body { margin: 0 }</style>${await read(`${face}.svg`)}`);
    const form = new FormData();
    form.set('image', new File([new Uint8Array(await paper.screenshot())], 'face.png', { type: 'image/png' }));
    await agent.caller.send('users.setAvatar', form);
  }
  await paper.close();
}

export async function answerSome(desk: Desk, agent: Agent): Promise<void> {
  for (let number = 0; number < ANSWERED; number += 1) {
    const token = `answered-${number}`;
    await desk.anyone.tell('livechat/visitor', { visitor: { token } });
    const { room } = await desk.anyone.ask<{ room: { _id: string } }>(`livechat/room?token=${token}`);
    await desk.anyone.tell('livechat/message', { token, rid: room._id, msg: 'Hello' });
    await desk.take(agent, room._id);
    await desk.say(agent, room._id, 'Hello');
    await desk.close(agent, room._id);
  }
}
