// A pottery in the middle of a day: the shop of `hark demo`, with the chats of one of its people.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Agent, Desk } from '../tests/desk.ts';
import { Guest } from '../tests/console/console.ts';

const CARD = {
  Customer: 'C-10482, since May 2021',
  Orders: '9 · 1,284.00 €',
  'Open order': 'KC-20377, delivered 23 Nov',
  link: 'https://crm.kiln-and-clay.example/customers/10482',
};

/** Who is told of chats: a CRM that knows the customer, a warehouse, and a desk that does not answer just now. */
async function connect(desk: Desk): Promise<void> {
  const receiver = createServer((request, response) => {
    request.resume();
    if (request.url === '/orders') {
      response.writeHead(503).end();
    } else {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(CARD));
    }
  });
  await new Promise<void>((listening) => {
    receiver.listen(0, '127.0.0.1', listening);
  });
  // It ends with the one who takes the pictures.
  receiver.unref();
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  await desk.admin.tell('omnichannel/integrations', {
    LivechatWebhookUrl: `${url}/crm`,
    LivechatWebhookOnStart: true,
    LivechatWebhookOnClose: true,
    LivechatWebhookOnChatTaken: true,
    LivechatWebhookOnVisitorMessage: true,
    LivechatWebhookOnAgentMessage: true,
  });
  const endpoints = [
    { url: `${url}/warehouse`, name: 'Data warehouse', events: ['chat.*', 'message.*'] },
    { url: `${url}/orders`, name: 'Order desk', events: ['chat.taken'], policy: { delaysMs: [] } },
  ];
  for (const endpoint of endpoints) {
    const made = await fetch(`${desk.server.url}api/hark/v1/endpoints`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...desk.admin.credentials },
      body: JSON.stringify(endpoint),
    });
    if (!made.ok) {
      throw new Error(`${endpoint.name}: ${await made.text()}`);
    }
  }
}

/** Answers the one who is photographed. */
export async function furnish(desk: Desk): Promise<Agent> {
  await desk.set('Site_Name', 'Kiln & Clay');
  await desk.admin.tell('permissions.update', {
    permissions: [
      { _id: 'transfer-livechat-guest', roles: ['admin', 'livechat-manager', 'livechat-agent'] },
      { _id: 'view-livechat-webhooks', roles: ['admin', 'livechat-manager', 'livechat-agent'] },
      { _id: 'view-livechat-rooms', roles: ['admin', 'livechat-manager', 'livechat-agent'] },
    ],
  });
  await connect(desk);
  const priya = await desk.agent('priya', 'Priya Raman');
  const tomas = await desk.agent('tomas', 'Tomás Ferreira');
  const grace = await desk.agent('grace', 'Grace Okafor');
  const amira = await desk.agent('amira', 'Amira Haddad');
  const support = await desk.department('Support', [priya, tomas]);
  const billing = await desk.department('Billing', [grace, priya]);
  const sales = await desk.department('Sales', [amira, priya]);
  await desk.available(amira, false);
  await desk.set('Livechat_maximum_chats_per_agent', 10);
  await desk.field('order', 'Order');
  const ready = [
    ['replace', 'No need, {{contact.name}}. A new piece leaves our workshop this afternoon, and it costs you nothing.', 'replacement'],
    ['return', 'Please put it into its box and hand it in at any post office, {{contact.name}}. The label comes by mail to {{contact.email}}.', 'returns'],
    ['refund', 'Your money is on its way and arrives within three days.', 'returns'],
    ['repair', 'We can mend it with gold. It takes two weeks.', 'repair'],
  ] as const;
  for (const [shortcut, text, tag] of ready) {
    await desk.admin.tell('canned-responses', { shortcut, text, scope: 'department', departmentId: support, tags: [tag] });
  }

  const own = async (name: string, words: string, department: string, tags: readonly string[] = []): Promise<Guest> => {
    const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`;
    const isLatin = /^[a-z.@]+$/.test(email);
    const guest = await Guest.come(desk, name, words, { department, ...(isLatin ? { email } : {}) });
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

  const beatriz = await own('Beatriz Nogueira', 'I need the invoice of KC-20290 once more.', billing);
  await desk.say(priya, beatriz.rid, 'Done, it is in your account under Documents.');
  const ingrid = await own('Ingrid Solberg', 'Does the workshop include everything?', sales, ['workshop']);
  await desk.say(priya, ingrid.rid, 'It does: clay, glaze and both firings.');
  const dara = await own('Dara Flynn', 'When is the next workshop?', sales, ['workshop']);
  await desk.say(priya, dara.rid, 'The second Tuesday and the third Wednesday are free.');
  for (const { rid } of [beatriz, ingrid, dara]) {
    await priya.caller.tell('subscriptions.read', { rid });
  }

  await own('Lukas Brandt', 'Kann der Bote es sonst beim Nachbarn abgeben?', support, ['German']);
  const noor = await own('Noor Jansen', 'Hi, one of the four bowls of KC-20377 arrived with a crack.', support, ['breakage']);
  await desk.anyone.tell('livechat/custom.fields', {
    token: noor.token,
    customFields: [{ key: 'order', value: 'KC-20377', overwrite: true }],
  });
  await visit(noor, 'Kiln & Clay: pottery for every day', '');
  await visit(noor, 'My orders', 'orders');
  await visit(noor, 'Returns and repairs', 'returns');
  await desk.say(priya, noor.rid, 'Oh no, I am sorry. Thank you for telling us.');
  await desk.say(priya, noor.rid, 'A new bowl leaves our workshop this afternoon, and it costs you nothing.');
  const noted = await fetch(`${desk.server.url}api/hark/v1/conversations/${noor.rid}/notes`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...tomas.caller.credentials },
    body: JSON.stringify({ text: 'Same firing as KC-20371. @priya offer a new bowl, nothing has to come back.' }),
  });
  if (!noted.ok) {
    throw new Error(`The note: ${await noted.text()}`);
  }
  await noor.say('That is quick, thank you.');
  await noor.say('Do I have to send the cracked one back? The other three are beautiful.');
  await visit(noor, 'How we pack', 'packing');
  await own('ليلى منصور', 'ممتاز. وكم يستغرق التوصيل؟', sales, ['Arabic']);
  await own('Callum Reid', 'The glaze of my cup has a chip, here is a picture.', support, ['breakage']);
  const { priorities } = await desk.admin.ask<{ priorities: { _id: string; i18n: string }[] }>('livechat/priorities');
  const high = priorities.find(({ i18n }) => i18n === 'High')?._id;
  await priya.caller.tell(`livechat/room/${noor.rid}/priority`, { priorityId: high });
  await desk.set('Livechat_allow_manual_on_hold', true);
  const etienne = await own('Étienne Moreau', 'J’attends le virement de la banque.', billing, ['French']);
  await desk.say(priya, etienne.rid, 'Très bien, écrivez quand il est arrivé.');
  await priya.caller.tell('livechat/room.onHold', { roomId: etienne.rid });
  await priya.caller.tell('subscriptions.read', { rid: etienne.rid });
  await Guest.come(desk, 'Sofia Lindgren', 'Is the red glaze safe for children?', { department: support });
  await Guest.come(desk, 'Camille Laurent', 'Puis-je payer par virement ?', { department: billing });
  return priya;
}
