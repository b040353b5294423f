// The states of the widget that were drawn, played with the real one: who is there, what is said, and how it looks.
import { randomUUID } from 'node:crypto';

import type { Browser, BrowserContextOptions, Locator } from 'playwright-core';
import { expect } from 'vitest';

import { type Agent, Desk } from '../tests/desk.ts';
import { connect } from '../tests/rocketchat/line.ts';
import { Guest, type Site } from '../tests/widget/site.ts';
import { answerSome, openStorefront } from './storefront.ts';

/** The panel, in its frame or in a tab of its own. */
interface Panel {
  locator(selector: string, options?: { readonly hasText?: string }): Locator;
}

export interface Stage {
  readonly shop: Shop;
  readonly guest: Guest;
  readonly panel: Panel;
  readonly arabic: boolean;
}

export interface Shop {
  readonly desk: Desk;
  readonly site: Site;
  readonly amira: Agent;
  readonly tomas: Agent;
  readonly mara: Agent;
  /** The picture that the visitor sends. */
  readonly bowl: Buffer;
}

const SET: Readonly<Record<string, unknown>> = {
  Livechat_title: 'Kiln & Clay',
  Livechat_offline_title: 'Kiln & Clay',
  Livechat_enable_transcript: true,
  Livechat_force_accept_data_processing_consent: false,
  Livechat_validate_offline_email: false,
  Livechat_privacy_link: 'https://kiln-and-clay.example/privacy',
  Livechat_quick_starts: 'Where is my order?\nReturn or exchange\nIs this in stock?\nWorkshop dates',
  Livechat_offline_form_unavailable: 'You can also call us on +31 30 555 01 00.',
  Livechat_registration_form: false,
  Omnichannel_calculate_dispatch_service_queue_statistics: true,
  Livechat_maximum_chats_per_agent: 100,
  Livechat_registration_form_message: 'Thanks! A few details first, so we can find your order.',
  Livechat_data_processing_consent_text:
    'To chat with you, we store your messages, your name and your email address. We delete them after 12 months, or sooner if you ask.',
};

export async function openShop(bowl: Buffer): Promise<Shop> {
  const desk = await Desk.open();
  await desk.acceptMail();
  for (const [id, value] of Object.entries(SET)) {
    await desk.set(id, value);
  }
  const amira = await desk.agent('amira', 'Amira Haddad');
  const tomas = await desk.agent('tomas', 'Tomás Ferreira');
  const mara = await desk.agent('mara', 'Xenia Mara');
  for (const name of ['Support', 'Sales']) {
    await desk.department(name, [amira, tomas, mara]);
  }
  await desk.admin.tell('permissions.update', {
    permissions: [{ _id: 'transfer-livechat-guest', roles: ['admin', 'livechat-agent'] }],
  });
  await answerSome(desk, amira);
  return { desk, site: await openStorefront(desk), amira, tomas, mara, bowl };
}

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Opening hours on the clocks of a place. */
export async function keepHours({ desk }: Shop, zone: string): Promise<void> {
  const workHours = DAYS.map((day, number) => ({
    day,
    open: number < 6,
    start: number < 5 ? '09:00' : '10:00',
    finish: number < 5 ? '18:00' : '14:00',
  }));
  const hour = { type: 'default', active: true, name: '', timezoneName: zone, workHours };
  // Whoever is there comes and goes with them.
  await desk.set('Livechat_enable_business_hours', false);
  await desk.method('livechat:saveBusinessHour', hour);
  await desk.set('Livechat_enable_business_hours', true);
}

const composer = (panel: Panel) => panel.locator('.composer textarea');

async function put(into: Locator, text: string): Promise<void> {
  do {
    await into.fill(text);
  } while ((await into.inputValue()) !== text);
}

/** The page in front, in the visitor's direction. */
const front = ({ site }: Shop, arabic: boolean) => `${site.url}${arabic ? 'ar' : ''}`;

async function open({ shop, guest, arabic }: Stage): Promise<void> {
  await guest.see(front(shop, arabic));
  await guest.launcher.click();
  await guest.opened();
}

/** Who the visitor is, as the site says. */
async function known({ guest, shop, arabic }: Stage, email = true): Promise<void> {
  await guest.see(front(shop, arabic));
  const name = arabic ? 'ليلى منصور' : 'Noor Jansen';
  // A visitor is one person by their address.
  const address = 'noor.jansen@example.com';
  await guest.call('registerGuest', { name, department: 'Support', ...(email ? { email: address } : {}) });
}

async function begin(stage: Stage, ...texts: readonly string[]): Promise<string> {
  const { guest, panel, shop } = stage;
  if (stage.panel === (guest.page as Panel)) {
    await guest.page.goto(`${shop.desk.server.url}livechat`);
  } else {
    await known(stage, false);
    await guest.launcher.click();
    await guest.opened();
  }
  await composer(panel).or(panel.locator('.asks')).waitFor();
  if (await panel.locator('.asks').isVisible()) {
    await panel.locator('button.primary').click();
  }
  const before = new Set((await shop.desk.rooms()).map(({ _id }) => _id));
  for (const [number, text] of texts.entries()) {
    await put(composer(panel), text);
    await composer(panel).press('Enter');
    await panel.locator('.own .state').waitFor();
    await panel.locator('.own .bubble').nth(number).waitFor();
  }
  const room = (await shop.desk.rooms()).find(({ _id }) => !before.has(_id));
  if (room === undefined) {
    throw new Error('There is no chat.');
  }
  return room._id;
}

const WORDS = {
  en: {
    bowl: 'Hi, one of my four bowls arrived with a crack. Can I get a new one?',
    sorry: 'Oh no, I’m sorry, Noor. Thanks for the photo, that helps a lot.',
    track: 'We’ll send a new bowl today, and you don’t need to return the cracked one. Track it at [kilnandclay.example/track](https://kilnandclay.example/track)',
    thanks: 'Wonderful, thank you!',
  },
  ar: {
    bowl: 'مرحبًا، وصلني أحد الأوعية الأربعة مكسورًا. هل يمكنني الحصول على وعاء جديد؟',
    sorry: 'نأسف لذلك يا ليلى، وشكرًا على الصورة.',
    track: 'سنرسل لك وعاءً جديدًا اليوم، ولا حاجة لإعادة المكسور. يمكنك تتبّع الطلب هنا: [kilnandclay.example/track](https://kilnandclay.example/track)',
    thanks: 'رائع، شكرًا جزيلًا!',
  },
};

/** The agent has taken it, seen the picture and answered. */
async function answered(stage: Stage): Promise<string> {
  const { panel, shop, guest, arabic } = stage;
  const words = arabic ? WORDS.ar : WORDS.en;
  const rid = await begin(stage, words.bowl);
  const chooser = guest.page.waitForEvent('filechooser');
  await panel.locator('.tools .plain').first().click();
  await (await chooser).setFiles({ name: 'bowl.png', mimeType: 'image/png', buffer: shop.bowl });
  await panel.locator('.picture img').waitFor();
  await shop.desk.take(shop.amira, rid);
  await panel.locator('header .avatar img').waitFor();
  await shop.desk.say(shop.amira, rid, words.sorry);
  await shop.desk.say(shop.amira, rid, words.track);
  const form = new FormData();
  form.set('file', new File([Buffer.alloc(84_000)], 'KC-20377-receipt.pdf', { type: 'application/pdf' }));
  await shop.amira.caller.send(`rooms.upload/${rid}`, form);
  await panel.locator('.theirs a.file').waitFor();
  return rid;
}

async function chatted(stage: Stage): Promise<string> {
  const { panel, shop, arabic } = stage;
  const rid = await answered(stage);
  for (const text of arabic ? [WORDS.ar.thanks] : [WORDS.en.thanks, '🎉']) {
    await put(composer(panel), text);
    await composer(panel).press('Enter');
    await panel.locator('.own .bubble', { hasText: text }).waitFor();
  }
  await panel.locator('.own .state').waitFor();
  await shop.amira.caller.tell('subscriptions.read', { rid });
  await panel.locator('.state', { hasText: arabic ? 'القراءة' : 'Seen' }).waitFor();
  if (!arabic) {
    const line = await connect(shop.desk, shop.amira);
    const activity = `${rid}/user-activity` as const;
    await line.client.callAsync('stream-notify-room', activity, 'amira', ['user-typing']);
    await panel.locator('.typing').waitFor();
    line.connection.close();
  }
  return rid;
}

async function ended(stage: Stage): Promise<void> {
  const { panel, shop } = stage;
  const rid = await answered(stage);
  await put(composer(panel), 'That’s perfect, thank you!');
  await composer(panel).press('Enter');
  await panel.locator('.own .state').waitFor();
  await shop.amira.caller.tell('subscriptions.read', { rid });
  await panel.locator('.state', { hasText: 'Seen' }).waitFor();
  await shop.desk.close(shop.amira, rid);
  await panel.locator('.stars').waitFor();
}

/** Whatever a message can be, in one chat. */
async function states(stage: Stage): Promise<void> {
  const { panel, shop, guest } = stage;
  const { desk, amira } = shop;
  const rid = await begin(stage, WORDS.en.bowl);
  await desk.take(amira, rid);
  await panel.locator('header .avatar img').waitFor();
  const said = await desk.say(amira, rid, 'We’ll send a new bowl today, and you don’t need to return the cracked one.');
  await desk.say(amira, rid, 'Is that all, or is there anything else?');
  await panel.locator('.theirs .bubble', { hasText: 'Is that all' }).waitFor();
  const quoted = `[ ](${desk.server.url}live/${rid}?msg=${said})`;
  await put(composer(panel), `${quoted} Perfect, same address please.`);
  await composer(panel).press('Enter');
  const own = panel.locator('.own .bubble', { hasText: 'same address' });
  await own.locator('blockquote').waitFor();
  const { messages } = await amira.caller.ask<{ messages: { _id: string; msg: string }[] }>(`livechat/${rid}/messages`);
  const id = messages.find(({ msg }) => msg.endsWith('same address please.'))?._id ?? '';
  const change = { roomId: rid, msgId: id, text: `${quoted} Perfect. Same address, please.` };
  await desk.admin.tell('chat.update', change);
  await panel.locator('.edited').waitFor();
  // On its way for longer than a picture takes.
  const network = await guest.context.newCDPSession(guest.page);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 300_000 };
  await network.send('Network.emulateNetworkConditions', slow);
  const chooser = guest.page.waitForEvent('filechooser');
  await panel.locator('.tools .plain').first().click();
  const file = { name: 'all-four-bowls.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(2_100_000) };
  await (await chooser).setFiles(file);
  await panel.locator('progress').waitFor();
  const refusal = { status: 400, json: { success: false, error: 'message-length-exceeds' } };
  await guest.page.route('**/livechat/message', (route) => route.fulfill(refusal));
  await put(composer(panel), 'Here they are all together.');
  await composer(panel).press('Enter');
  await panel.locator('.failed').waitFor();
  // What comes while the panel is away is new when it is there again.
  await panel.locator('.bar > .plain').last().click();
  await guest.closed();
  await desk.say(
    amira,
    rid,
    'Of course. To find the batch, could you send me the two lines from the label under the bowl? They look like this:\n```\nbatch: MG-2611\nglaze: moss 04\n```',
  );
  await desk.say(amira, rid, 'And yes, it goes to the same address.');
  await guest.host.locator('.badge:not([hidden])').waitFor();
  await guest.launcher.click();
  await guest.opened();
  await panel.locator('.mark').waitFor();
  const share = () => panel.locator('progress').evaluate((bar) => (bar as HTMLProgressElement).value);
  await expect.poll(share, { timeout: 30_000 }).toBeGreaterThan(0.6);
}

async function menu(stage: Stage): Promise<void> {
  // With everything in it that settings allow.
  await stage.shop.desk.set('Livechat_force_accept_data_processing_consent', true);
  await chatted(stage);
  await stage.panel.locator('.menu > button').click();
}

/** Somebody who waits already, in the department of the one who comes. */
async function someoneWaits(desk: Desk): Promise<void> {
  const token = `ahead-${randomUUID()}`;
  const { departments } = await desk.admin.ask<{ departments: { _id: string; name: string }[] }>('livechat/department');
  const department = departments.find(({ name }) => name === 'Support')?._id;
  await desk.anyone.tell('livechat/visitor', { visitor: { token, department } });
  const { room } = await desk.anyone.ask<{ room: { _id: string } }>(`livechat/room?token=${token}`);
  await desk.anyone.tell('livechat/message', { token, rid: room._id, msg: 'Hello' });
}

export const PLAYS: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  launcher: ({ guest, shop }) => guest.see(front(shop, false)),
  async unread(stage) {
    const rid = await answered(stage);
    await stage.panel.locator('.bar > .plain:last-child').click();
    await stage.guest.closed();
    await stage.shop.desk.say(stage.shop.amira, rid, WORDS.en.sorry);
    await stage.shop.desk.say(stage.shop.amira, rid, WORDS.en.track);
    await stage.guest.host.locator('.badge:not([hidden])').waitFor();
    await stage.guest.host.locator('.invitation:not([hidden])', { hasText: 'new bowl' }).waitFor();
  },
  async invitation({ guest, shop, arabic }) {
    const { desk } = shop;
    const trigger = {
      name: 'Hello',
      description: '',
      enabled: true,
      runOnce: false,
      conditions: [{ name: 'time-on-site', value: '0' }],
      actions: [
        {
          name: 'send-message',
          params: {
            sender: 'custom',
            name: 'Mara from Kiln & Clay',
            msg: 'Looking for a set of four? I can set some aside for you before they sell out.',
          },
        },
      ],
    };
    await desk.admin.tell('livechat/triggers', trigger);
    try {
      await guest.see(front(shop, arabic));
      await guest.host.locator('.invitation:not([hidden])').waitFor();
    } finally {
      const { triggers } = await desk.admin.ask<{ triggers: { _id: string }[] }>('livechat/triggers');
      for (const { _id } of triggers) {
        await desk.admin.remove(`livechat/triggers/${_id}`);
      }
    }
  },
  home: open,
  async running(stage) {
    const rid = await answered(stage);
    await stage.panel.locator('.bar > .plain').first().click();
    await stage.panel.locator('.running').waitFor();
    const words = 'The next batch comes out of the kiln on Thursday. Shall I set four aside for you?';
    await stage.shop.desk.say(stage.shop.amira, rid, 'One moment.');
    await stage.shop.desk.say(stage.shop.amira, rid, words);
    await stage.panel.locator('.words', { hasText: words }).waitFor();
  },
  async closed(stage) {
    await known(stage);
    await stage.guest.launcher.click();
    await stage.guest.opened();
    await stage.panel.locator('.hours').waitFor();
  },
  async form(stage) {
    await stage.shop.desk.set('Livechat_registration_form', true);
    await stage.shop.desk.admin.tell('method.call/livechat%3AsaveCustomField', TOPIC);
    await stage.guest.see(front(stage.shop, stage.arabic));
    await stage.guest.call('setGuestName', 'Noor Jansen');
    await stage.guest.call('setDepartment', 'Support');
    await stage.guest.launcher.click();
    await stage.guest.opened();
    await put(composer(stage.panel), WORDS.en.bowl);
    await composer(stage.panel).press('Enter');
    await stage.panel.locator('.form').waitFor();
    await stage.panel.locator('[name="field-topic"]').selectOption('Damaged item');
  },
  async faults(stage) {
    await PLAYS['form']?.(stage);
    await stage.panel.locator('[name="field-topic"]').selectOption('');
    await put(stage.panel.locator('[name="email"]'), 'noor.jansen@example');
    await stage.panel.locator('button.primary').click();
    await stage.panel.locator('.fault').first().waitFor();
  },
  async queue(stage) {
    const { desk } = stage.shop;
    await desk.set('Livechat_waiting_queue', true);
    await someoneWaits(desk);
    await begin(stage, WORDS.en.bowl, 'The order number is KC-20377.');
    await stage.panel.locator('.queue').waitFor();
  },
  chat: async (stage) => void (await chatted(stage)),
  /** From its beginning on. */
  async enlarged(stage) {
    await chatted(stage);
    await stage.panel.locator('.scroller').evaluate((box) => box.scrollTo(0, 0));
  },
  async grown(stage) {
    await chatted(stage);
    const text =
      'Thank you! Two more things. One of the other bowls has a small bubble in the glaze, see the photo. Is that normal?\nAnd could you change the name on the invoice?';
    await put(composer(stage.panel), text);
  },
  states,
  menu,
  async end(stage) {
    await menu(stage);
    await stage.panel.locator('#menu li:not(.apart) button').last().click();
    await stage.panel.locator('dialog[open]').waitFor();
  },
  async forget(stage) {
    await menu(stage);
    await stage.panel.locator('#menu .apart button').click();
    await stage.panel.locator('dialog[open]').waitFor();
  },
  async reconnecting(stage) {
    await answered(stage);
    await stage.guest.context.setOffline(true);
    await stage.shop.desk.server.restart();
    await stage.panel.locator('.banner.lost').waitFor();
    await put(composer(stage.panel), 'Great, thank you! When will it arrive?');
    await composer(stage.panel).press('Enter');
    await stage.panel.locator('.waiting').waitFor();
  },
  async changed(stage) {
    const { shop } = stage;
    const rid = await begin(stage, 'Hi');
    await shop.desk.take(shop.amira, rid);
    await stage.panel.locator('header .avatar img').waitFor();
    // In the drawing only agents speak.
    const { messages } = await shop.amira.caller.ask<{ messages: { _id: string; msg: string }[] }>(`livechat/${rid}/messages`);
    const said = messages.find(({ msg }) => msg === 'Hi')?._id;
    await shop.desk.admin.tell('chat.delete', { roomId: rid, msgId: said });
    await stage.panel.locator('.own').waitFor({ state: 'detached' });
    await shop.desk.say(shop.amira, rid, WORDS.en.sorry);
    await shop.desk.say(shop.amira, rid, 'For the invoice, my colleague Tomás can help you right away.');
    await shop.amira.caller.tell('livechat/room.forward', { roomId: rid, userId: shop.tomas.id, comment: '' });
    await stage.panel.locator('.notice', { hasText: 'Tomás Ferreira' }).waitFor();
    await shop.desk.say(shop.tomas, rid, 'Hi Noor, Tomás here. I’ve read everything, so no need to explain it again.');
    await shop.desk.say(shop.tomas, rid, 'Which company name should be on the invoice?');
    await stage.panel.locator('.bubble', { hasText: 'Which company' }).waitFor();
  },
  ended,
  async rated(stage) {
    await ended(stage);
    await stage.panel.locator('.stars input').nth(3).check();
    await put(stage.panel.locator('[name="comment"]'), 'Quick and kind.');
    await stage.panel.locator('.ended .link').click();
    await put(stage.panel.locator('[name="email"]'), 'noor.jansen@example.com');
    await stage.panel.locator('.ended form button').last().click();
    await stage.panel.locator('.done').waitFor();
  },
  async letter(stage) {
    await stage.guest.see(front(stage.shop, stage.arabic));
    await stage.guest.call('setDepartment', 'Support');
    await stage.guest.launcher.click();
    await stage.guest.opened();
    await put(stage.panel.locator('[name="name"]'), 'Noor Jansen');
    await put(stage.panel.locator('[name="email"]'), 'noor.jansen@example.com');
    await put(
      stage.panel.locator('[name="message"]'),
      'Hi, one of my four bowls (order KC-20377) arrived with a crack. Can I get a new one?',
    );
  },
  async left(stage) {
    await PLAYS['letter']?.(stage);
    await stage.panel.locator('button.primary').click();
    await stage.panel.locator('.quoted').waitFor();
  },
  async unavailable(stage) {
    await stage.shop.desk.set('Livechat_display_offline_form', false);
    await open(stage);
    await stage.panel.locator('.hours').waitFor();
  },
  async consent(stage) {
    await stage.shop.desk.set('Livechat_force_accept_data_processing_consent', true);
    await open(stage);
  },
  async ownForm({ guest, panel, shop }) {
    await guest.page.goto(`${shop.desk.server.url}livechat`);
    await panel.locator('[name="name"]').waitFor();
    await put(panel.locator('[name="name"]'), 'Noor Jansen');
    await put(panel.locator('[name="email"]'), 'noor.jansen@example.com');
    await put(
      panel.locator('[name="message"]'),
      'Hi, one of my four bowls (order KC-20377) arrived with a crack. Can I get a new one?',
    );
  },
};

/** What the form asks besides. */
const TOPIC = {
  message: JSON.stringify({
    msg: 'method',
    id: '1',
    method: 'livechat:saveCustomField',
    params: [
      null,
      {
        field: 'topic',
        label: 'What is it about?',
        scope: 'visitor',
        visibility: 'visible',
        type: 'select',
        options: 'Damaged item,Delivery,Something else',
        regexp: '',
        required: true,
        public: true,
      },
    ],
  }),
};

/** As it was before a play. */
export async function tidy({ desk, amira, tomas, mara }: Shop): Promise<void> {
  await desk.set('Livechat_registration_form', false);
  await desk.set('Livechat_waiting_queue', false);
  await desk.set('Livechat_display_offline_form', true);
  await desk.set('Livechat_force_accept_data_processing_consent', false);
  for (const agent of [amira, tomas, mara]) {
    await desk.available(agent, true).catch(() => undefined);
  }
}

export async function come(
  browser: Browser,
  shop: Shop,
  options: BrowserContextOptions,
  isAlone: boolean,
): Promise<Stage> {
  const guest = await Guest.come(browser, options);
  const panel = isAlone ? guest.page : guest.panel;
  return { shop, guest, panel, arabic: options.locale === 'ar' };
}
