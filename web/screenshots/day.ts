// What happens in the shop on a day: chats that are over, those that go on, and those who wait.
import type { Browser } from 'playwright-core';

import { Guest } from '../tests/console/console.ts';
import { type Agent, Caller, type Desk } from '../tests/desk.ts';
import type { Name, Place } from './shop.ts';

export interface Open {
  readonly browser: Browser;
  readonly desk: Desk;
  readonly agents: Readonly<Record<Name, Agent>>;
  readonly departments: Readonly<Record<Place, string>>;
}

const FIREFOX_ON_ANDROID = 'Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0';

interface Over {
  readonly who: string;
  readonly at: Place;
  readonly by: Name;
  readonly asks: string;
  readonly answer: string;
  readonly comment: string;
  readonly tags: readonly string[];
  readonly stars?: number;
}

/** Those of the morning. */
const OVER: readonly Over[] = [
  { who: 'Hannah Whitlock', at: 'sales', by: 'kofi', asks: 'Will the moss green cups be in stock again?', answer: 'They come out of the kiln on Thursday, forty of them.', comment: 'Six cups put aside', tags: ['glaze'], stars: 5 },
  { who: 'Oliver Marsh', at: 'support', by: 'tomas', asks: 'My parcel says delivered, but it is not here.', answer: 'It is with your neighbour at number 12.', comment: 'Found', tags: ['parcel'], stars: 4 },
  { who: 'Sam Okonkwo', at: 'support', by: 'ines', asks: 'Can I return a vase?', answer: 'Within thirty days, and we pay for it.', comment: 'Label sent', tags: ['returns'], stars: 5 },
  { who: 'June Abernathy', at: 'billing', by: 'grace', asks: 'The VAT number is missing on my invoice.', answer: 'I have written it anew, it is in your account.', comment: 'Invoice written anew', tags: ['invoice'], stars: 5 },
  { who: 'Rui Carvalho', at: 'sales', by: 'amira', asks: 'Do you ship to Portugal?', answer: 'In four days, and from sixty euros it costs nothing.', comment: 'Answered', tags: ['shipping'], stars: 3 },
  { who: 'Tobias Lind', at: 'support', by: 'lena', asks: 'The handle came off.', answer: 'We send you a new one today.', comment: 'Replaced', tags: ['breakage', 'replacement'], stars: 5 },
  { who: 'Nadia Brook', at: 'sales', by: 'kofi', asks: 'Is the red glaze safe for children?', answer: 'It is: there is no lead in any of ours.', comment: 'Answered', tags: ['glaze'] },
  { who: 'Paul Winter', at: 'support', by: 'priya', asks: 'One plate too few in the box.', answer: 'It leaves our workshop this afternoon.', comment: 'Sent', tags: ['parcel'], stars: 2 },
];

async function end({ desk, agents, departments }: Open, { who, at, by, asks, answer, comment, tags, stars }: Over): Promise<void> {
  const guest = await Guest.come(desk, who, asks, { department: departments[at], email: mailOf(who) });
  await desk.take(agents[by], guest.rid);
  await desk.say(agents[by], guest.rid, answer);
  await agents[by].caller.tell('livechat/room.closeByUser', { rid: guest.rid, comment, tags });
  if (stars !== undefined) {
    await desk.anyone.tell('livechat/room.survey', { rid: guest.rid, token: guest.token, data: [{ name: 'satisfaction', value: String(stars) }] });
  }
}

function mailOf(name: string): string {
  return `${name.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(' ', '.')}@example.com`;
}

/** A bowl with a crack, as a telephone takes it. */
async function bowl(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1067 } });
  await page.setContent(`<style>body { margin: 0 }</style><svg viewBox="0 0 96 64" width="1600" height="1067">
    <rect width="96" height="64" fill="#d9d2c6"/><rect y="48" width="96" height="16" fill="#b9a68d"/>
    <path d="M24 22h48c0 18-10 28-24 28S24 40 24 22z" fill="#5f8f7b"/><ellipse cx="48" cy="22" rx="24" ry="5" fill="#2f5247"/>
    <path d="M60 25l-3 7 4 3-4 8" fill="none" stroke="#1f2a26" stroke-width="1.4"/></svg>`);
  const picture = await page.screenshot({ type: 'jpeg', quality: 92 });
  await page.close();
  return picture;
}

/** Answers the visitor in whose chat one looks. */
export async function liveThroughTheDay(open: Open): Promise<Guest> {
  const { browser, desk, agents, departments } = open;
  const { priya, tomas } = agents;
  for (const one of OVER) {
    await end(open, one);
  }
  const busy = [
    ['Ada Lund', 'support', 'tomas'],
    ['Ben Castle', 'support', 'tomas'],
    ['Ivo Marin', 'support', 'ines'],
    ['Mia Sand', 'billing', 'grace'],
    ['Leo Falk', 'sales', 'kofi'],
    ['Eva Roth', 'sales', 'kofi'],
    ['Nils Berg', 'sales', 'amira'],
    ['Rosa Vidal', 'support', 'lena'],
  ] as const;
  for (const [index, [who, at, by]] of busy.entries()) {
    const guest = await Guest.come(desk, who, 'Is my order on its way?', { department: departments[at], email: mailOf(who) });
    await desk.take(agents[by], guest.rid);
    if (index % 3 !== 0) {
      await desk.say(agents[by], guest.rid, 'It left us yesterday, and comes tomorrow.');
    }
  }

  const own = async (name: string, words: string, at: Place, tags: readonly string[] = [], device?: string): Promise<Guest> => {
    const email = mailOf(name);
    // An address in other letters than ours is none.
    const more = /^[a-z.@]+$/.test(email) ? { email } : {};
    const guest = await Guest.come(desk, name, words, { department: departments[at], ...more }, device);
    await desk.take(priya, guest.rid);
    if (tags.length > 0) {
      await desk.admin.tell('livechat/room.saveInfo', {
        guestData: { _id: ((await desk.room(guest.rid)).v as unknown as { _id: string })._id },
        roomData: { _id: guest.rid, tags },
      });
    }
    return guest;
  };
  const visit = async (guest: Guest, title: string, path: string): Promise<void> => {
    await desk.anyone.tell('livechat/page.visited', {
      token: guest.token,
      rid: guest.rid,
      pageInfo: { change: 'url', title, location: { href: `https://kiln-and-clay.example/${path}` } },
    });
  };
  const send = async (guest: Guest, name: string, picture: Buffer): Promise<void> => {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(picture)], { type: 'image/jpeg' }), name);
    await new Caller(desk.server.url, { 'x-visitor-token': guest.token }).send(`livechat/upload/${guest.rid}`, form);
  };

  const miriam = await own('Miriam Vogel', 'Die Tasse ist wunderschön, danke!', 'support', ['German']);
  await desk.say(priya, miriam.rid, 'Viel Freude mit der Schale!');
  const dara = await own('Dara Flynn', 'When is the next workshop?', 'sales', ['workshop']);
  await desk.say(priya, dara.rid, 'The second Tuesday and the third Wednesday are free.');
  const ingrid = await own('Ingrid Solberg', 'Does the workshop include everything?', 'sales', ['workshop']);
  await desk.say(priya, ingrid.rid, 'It does: clay, glaze and both firings.');
  const beatriz = await own('Beatriz Nogueira', 'I need the invoice of KC-20290 once more.', 'billing');
  await desk.say(priya, beatriz.rid, 'Done, it is in your account under Documents.');
  for (const { rid } of [beatriz, ingrid, dara, miriam]) {
    await priya.caller.tell('subscriptions.read', { rid });
  }
  const etienne = await own('Étienne Moreau', 'J’attends le virement de la banque.', 'billing', ['French']);
  await desk.say(priya, etienne.rid, 'Très bien, écrivez quand il est arrivé.');
  await priya.caller.tell('livechat/room.onHold', { roomId: etienne.rid });
  await priya.caller.tell('subscriptions.read', { rid: etienne.rid });

  const lukas = await own('Lukas Brandt', 'Die Schale kommt heute, aber ich bin nicht da.', 'support', ['German']);
  await lukas.say('Kann der Bote es sonst beim Nachbarn abgeben?');
  const picture = await bowl(browser);
  const noor = await own('Noor Jansen', 'Hi, one of the four bowls of KC-20377 arrived with a crack.', 'support', ['breakage'], FIREFOX_ON_ANDROID);
  await desk.anyone.tell('livechat/visitor', { visitor: { token: noor.token, name: 'Noor Jansen', phone: '+31 30 555 01' } });
  await desk.anyone.tell('livechat/custom.fields', {
    token: noor.token,
    customFields: [{ key: 'order', value: 'KC-20377', overwrite: true }],
  });
  await visit(noor, 'Kiln & Clay: pottery for every day', '');
  await visit(noor, 'My orders', 'orders');
  await visit(noor, 'Returns and repairs', 'returns');
  await send(noor, 'crack.jpg', picture);
  await desk.say(priya, noor.rid, 'Oh no, I am sorry. Thank you for the photo, that helps a lot.');
  await tomas.caller.ask(`livechat/room.join?roomId=${noor.rid}`);
  await tomas.caller.make(`conversations/${noor.rid}/notes`, { text: 'Same firing as KC-20371. @priya offer a new bowl, nothing has to come back.' });
  await noor.say('Do I have to send the cracked one back? The other three are beautiful.');
  await visit(noor, 'How we pack', 'packing');
  await own('ليلى منصور', 'ممتاز. وكم يستغرق التوصيل؟', 'sales', ['Arabic']);
  const callum = await own('Callum Reid', 'The glaze of my cup has a chip.', 'support', ['breakage'], FIREFOX_ON_ANDROID);
  await send(callum, 'glaze-chip.jpg', picture);
  const { priorities } = await desk.admin.ask<{ priorities: { _id: string; i18n: string }[] }>('livechat/priorities');
  const high = priorities.find(({ i18n }) => i18n === 'High')?._id;
  await priya.caller.tell(`livechat/room/${noor.rid}/priority`, { priorityId: high });

  const waits = [
    ['Greta Lang', 'Guten Tag, mein Paket ist zerbrochen angekommen.', 'support'],
    ['Wren Holloway', 'Can you mend a bowl with gold?', 'support'],
    ['Camille Laurent', 'Puis-je payer par virement ?', 'billing'],
  ] as const;
  for (const [name, words, at] of waits) {
    await Guest.come(desk, name, words, { department: departments[at], email: mailOf(name) });
  }
  await desk.available(agents.lena, false);
  await desk.available(agents.jonas, false);
  return noor;
}
