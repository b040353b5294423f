// Each state in which a visitor can find the widget, and how he gets there. Tests look at their
// accessibility, `scripts/screenshots` takes their pictures.

import type { Browser, BrowserContextOptions, FrameLocator, Locator } from 'playwright-core';

import type { Agent, Desk } from '../desk.ts';
import { Guest } from './site.ts';

export interface Stage {
  readonly desk: Desk;
  readonly amy: Agent;
  readonly guest: Guest;
  readonly panel: FrameLocator;
  /** The site's page, with a slash at the end. */
  readonly site: string;
}

export interface Scene {
  readonly name: string;
  /** Settings without which the state cannot be; they are put back afterwards. */
  readonly settings?: Readonly<Record<string, readonly [now: unknown, then: unknown]>>;
  /** Whether somebody is there to answer. */
  readonly isStaffed?: boolean;
  readonly play: (stage: Stage) => Promise<void>;
}

let visitors = 0;
let colleagues = 0;

/** By what they are, not by what they say: the same in each language. */
const field = (panel: FrameLocator, name: string) => panel.locator(`[name="${name}"]`);
const composer = (panel: FrameLocator) => panel.locator('.composer textarea');

/** Writes into a field. What is typed while the browser still hands the focus to the frame is lost, to
 * people as well; who sees that types again. */
async function put(into: Locator, text: string): Promise<void> {
  do {
    await into.fill(text);
  } while ((await into.inputValue()) !== text);
}

async function open({ guest, site }: Stage): Promise<void> {
  await guest.see(site);
  await guest.launcher.click();
  await guest.opened();
}

/** To the form, without a word before it. */
async function asked(stage: Stage): Promise<void> {
  await open(stage);
  await composer(stage.panel).press('Enter');
  await field(stage.panel, 'name').waitFor();
}

async function introduced(stage: Stage): Promise<void> {
  await asked(stage);
  visitors += 1;
  await put(field(stage.panel, 'name'), 'Vera Visitor');
  await put(field(stage.panel, 'email'), `vera${visitors}@example.org`);
  await stage.panel.locator('button.primary').click();
  await composer(stage.panel).waitFor();
}

async function say({ panel }: Stage, text: string): Promise<void> {
  await put(composer(panel), text);
  await composer(panel).press('Enter');
  await panel.locator('.own .state').waitFor();
}

async function begun(stage: Stage): Promise<string> {
  await introduced(stage);
  await say(stage, 'Hello! Where is my *order*? https://example.org/orders/17');
  const { desk } = stage;
  const [room] = (await desk.rooms())
    .filter(({ v, open: isOpen }) => v.name === 'Vera Visitor' && isOpen === true)
    .toSorted((one, other) => other.ts.localeCompare(one.ts));
  if (room === undefined) {
    throw new Error('There is no chat.');
  }
  return room._id;
}

async function taken(stage: Stage): Promise<string> {
  const rid = await begun(stage);
  const { desk, amy, panel } = stage;
  await desk.take(amy, rid);
  await panel.locator('header .avatar img').waitFor();
  await desk.say(amy, rid, 'Good morning, Vera! Let me see.');
  await desk.say(amy, rid, 'It is on its way 🚚, see `17-42` on https://example.org/track');
  await panel.locator('.theirs').nth(1).waitFor();
  return rid;
}

/** What speaks first, as soon as somebody is on a page. */
const TRIGGER = {
  name: 'Hello',
  description: '',
  enabled: true,
  runOnce: false,
  conditions: [{ name: 'time-on-site', value: '0' }],
  actions: [
    {
      name: 'send-message',
      params: { sender: 'custom', name: 'Amy of the shop', msg: 'Looking for a set of four? I can set some aside.' },
    },
  ],
};

/** What an operator can add to what is shown before a chat. */
const WELCOME: Scene['settings'] = {
  Livechat_quick_starts: ['Where is my order?\nReturn or exchange\nIs this in stock?', ''],
  Livechat_privacy_link: ['https://example.org/privacy', ''],
};

export const SCENES: readonly Scene[] = [
  {
    name: 'launcher',
    play: ({ guest, site }) => guest.see(site),
  },
  {
    name: 'invitation',
    async play({ desk, guest, site }) {
      await desk.admin.tell('livechat/triggers', TRIGGER);
      try {
        await guest.see(site);
        await guest.host.locator('.invitation:not([hidden])').waitFor();
      } finally {
        const { triggers } = await desk.admin.ask<{ triggers: { _id: string }[] }>('livechat/triggers');
        await Promise.all(triggers.map(({ _id }) => desk.admin.remove(`livechat/triggers/${_id}`)));
      }
    },
  },
  { name: 'welcome', settings: WELCOME, play: open },
  {
    name: 'own-tab',
    settings: WELCOME,
    async play({ desk, guest: { page } }) {
      await page.goto(`${desk.server.url}livechat`);
      await put(page.locator('.composer textarea'), 'Where is my order?');
      await page.locator('.composer textarea').press('Enter');
      await page.locator('[name="name"]').waitFor();
    },
  },
  {
    name: 'form',
    settings: WELCOME,
    async play(stage) {
      await open(stage);
      await stage.panel.locator('.starts button').first().click();
      await field(stage.panel, 'name').waitFor();
    },
  },
  {
    name: 'form-faults',
    async play(stage) {
      await asked(stage);
      await stage.panel.locator('button.primary').click();
      await stage.panel.locator('.fault').first().waitFor();
    },
  },
  {
    name: 'running',
    settings: WELCOME,
    async play(stage) {
      const rid = await taken(stage);
      await stage.panel.locator('.bar > .plain').first().click();
      await stage.desk.say(stage.amy, rid, 'It leaves the house today.');
      await stage.panel.locator('.count').waitFor();
    },
  },
  {
    name: 'queue',
    settings: { Livechat_waiting_queue: [true, false] },
    async play(stage) {
      await begun(stage);
      await stage.panel.locator('.queue .spot').waitFor();
    },
  },
  {
    name: 'chat',
    async play(stage) {
      await taken(stage);
      await say(stage, 'Thank you 🙂');
      await say(stage, '👍');
    },
  },
  {
    name: 'states',
    async play(stage) {
      const rid = await taken(stage);
      const { desk, amy, guest, panel } = stage;
      const code = await desk.say(amy, rid, 'The label:\n```\nbatch: MG-2611\n```');
      await panel.locator('pre').waitFor();
      await desk.admin.tell('chat.update', { roomId: rid, msgId: code, text: 'The label:\n```\nbatch: MG-2612\n```' });
      await panel.locator('.edited').waitFor();
      await desk.say(amy, rid, `[ ](${desk.server.url}live/${rid}?msg=${code}) It looks like this.`);
      await panel.locator('blockquote').waitFor();
      // On its way, and never there.
      await guest.page.route('**/livechat/upload/**', () => undefined);
      const chooser = guest.page.waitForEvent('filechooser');
      await panel.locator('.tools .plain').first().click();
      await (await chooser).setFiles({ name: 'bowls.png', mimeType: 'image/png', buffer: Buffer.alloc(64) });
      await panel.locator('progress').waitFor();
      await put(composer(panel), `They arrived today, ${'and this is what all four of them look like, '.repeat(4)}thank you.`);
      await panel.locator('.grown').waitFor();
    },
  },
  {
    name: 'changed',
    async play(stage) {
      const rid = await taken(stage);
      const { desk, panel } = stage;
      colleagues += 1;
      const ben = await desk.agent(`ben${colleagues}`, 'Ben Field');
      await desk.admin.tell('livechat/room.forward', { roomId: rid, userId: ben.id, comment: '' });
      await panel.locator('.notice', { hasText: 'Ben Field' }).waitFor();
      await desk.say(ben, rid, 'Ben here. I have read everything.');
      await panel.locator('.bubble', { hasText: 'Ben here' }).waitFor();
    },
  },
  {
    name: 'emoji',
    async play(stage) {
      await taken(stage);
      await stage.panel.locator('.tools [aria-expanded]').click();
      await stage.panel.locator('.emoji button').first().waitFor();
    },
  },
  {
    name: 'menu',
    async play(stage) {
      await taken(stage);
      await stage.panel.locator('.menu > button').click();
    },
  },
  {
    name: 'file',
    async play(stage) {
      await taken(stage);
      const chooser = stage.guest.page.waitForEvent('filechooser');
      await stage.panel.locator('.tools .plain').first().click();
      await (await chooser).setFiles({
        name: 'invoice-17.pdf',
        mimeType: 'application/pdf',
        buffer: Buffer.from('%PDF-1.4'),
      });
      await stage.panel.locator('a.file').waitFor();
    },
  },
  {
    name: 'not-sent',
    async play(stage) {
      await taken(stage);
      const refusal = { status: 400, json: { success: false, error: 'message-length-exceeds' } };
      await stage.guest.page.route('**/livechat/message', (route) => route.fulfill(refusal));
      await put(composer(stage.panel), 'This one is refused');
      await composer(stage.panel).press('Enter');
      await stage.panel.locator('.failed').waitFor();
    },
  },
  {
    name: 'no-connection',
    async play(stage) {
      await taken(stage);
      await stage.guest.context.setOffline(true);
      await stage.desk.server.restart();
      await stage.panel.locator('.banner.lost').waitFor();
      await put(composer(stage.panel), 'Are you still there?');
      await composer(stage.panel).press('Enter');
      await stage.panel.locator('.waiting').waitFor();
    },
  },
  {
    name: 'unread',
    async play(stage) {
      const rid = await taken(stage);
      await stage.panel.locator('.bar > .plain:last-child').click();
      await stage.guest.closed();
      await stage.desk.say(stage.amy, rid, 'It has arrived!');
      await stage.guest.host.locator('.badge:not([hidden])').waitFor();
    },
  },
  {
    name: 'end',
    async play(stage) {
      await taken(stage);
      await stage.panel.locator('.menu > button').click();
      await stage.panel.locator('#menu li:last-child button').click();
      await stage.panel.locator('dialog[open]').waitFor();
    },
  },
  {
    name: 'ended',
    settings: { Livechat_enable_transcript: [true, false] },
    async play(stage) {
      const rid = await taken(stage);
      await stage.desk.close(stage.amy, rid);
      await stage.panel.locator('.ended').waitFor();
      await stage.panel.locator('.stars input').nth(3).check();
      await stage.panel.locator('[name="comment"]').waitFor();
    },
  },
  {
    name: 'rated',
    settings: { Livechat_enable_transcript: [true, false] },
    async play(stage) {
      const rid = await taken(stage);
      const { desk, amy, panel } = stage;
      await desk.acceptMail();
      await desk.close(amy, rid);
      await panel.locator('.stars input').nth(3).check();
      await put(panel.locator('[name="comment"]'), 'Quick and kind.');
      await panel.locator('.ended form button').click();
      await panel.locator('.done').waitFor();
      await panel.locator('.ended .link').click();
      await panel.locator('.done').nth(1).waitFor();
    },
  },
  {
    name: 'offline',
    isStaffed: false,
    play: open,
  },
  {
    name: 'closed',
    isStaffed: false,
    settings: { Livechat_enable_business_hours: [true, false], ...WELCOME },
    async play(stage) {
      await open(stage);
      await stage.panel.locator('.hours').waitFor();
    },
  },
  {
    name: 'offline-sent',
    isStaffed: false,
    settings: { Livechat_validate_offline_email: [false, true] },
    async play(stage) {
      await open(stage);
      await put(field(stage.panel, 'name'), 'Vera Visitor');
      await put(field(stage.panel, 'email'), 'vera@example.org');
      await put(field(stage.panel, 'message'), 'Please call me back.');
      await stage.panel.locator('button.primary').click();
      await stage.panel.locator('.place').waitFor();
    },
  },
  {
    name: 'unavailable',
    isStaffed: false,
    settings: { Livechat_display_offline_form: [false, true] },
    play: open,
  },
  {
    name: 'forgotten',
    settings: { Livechat_force_accept_data_processing_consent: [true, false] },
    async play(stage) {
      await open(stage);
      await stage.panel.locator('button.primary').click();
      await composer(stage.panel).press('Enter');
      visitors += 1;
      await put(field(stage.panel, 'name'), 'Vera Visitor');
      await put(field(stage.panel, 'email'), `vera${visitors}@example.org`);
      await stage.panel.locator('button.primary').click();
      await composer(stage.panel).waitFor();
      await stage.panel.locator('.menu > button').click();
      await stage.panel.locator('#menu li:last-child button').click();
      await stage.panel.locator('dialog[open] button.primary').click();
      await stage.panel.locator('.place').waitFor();
    },
  },
  {
    name: 'consent',
    settings: { Livechat_force_accept_data_processing_consent: [true, false] },
    play: open,
  },
];

/** Where scenes are played. */
export interface Theatre {
  readonly browser: Browser;
  readonly desk: Desk;
  readonly amy: Agent;
  readonly site: string;
}

/** Those whom other scenes or opening hours have brought, too. */
async function sendHome({ admin }: Desk): Promise<void> {
  const { users } = await admin.ask<{ users: { _id: string }[] }>('livechat/users/agent');
  await Promise.all(
    users.map(({ _id: agentId }) => admin.tell('livechat/agent.status', { agentId, status: 'not-available' })),
  );
}

/** Brings a browser of its own into the state of a scene, and leaves the house as it was. */
export async function perform(
  { browser, desk, amy, site }: Theatre,
  scene: Scene,
  options: BrowserContextOptions,
  look: (guest: Guest) => Promise<void>,
): Promise<void> {
  const guest = await Guest.come(browser, options);
  const settings = Object.entries(scene.settings ?? {});
  for (const [id, [now]] of settings) {
    await desk.set(id, now);
  }
  if (scene.isStaffed === false) {
    await sendHome(desk);
  }
  try {
    await scene.play({ desk, amy, guest, panel: guest.panel, site });
    await look(guest);
  } finally {
    await guest.context.close();
    for (const [id, [, then]] of settings) {
      await desk.set(id, then);
    }
    if (scene.isStaffed === false) {
      await desk.available(amy, true);
    }
  }
}
