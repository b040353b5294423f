// A pottery in the middle of a day: the shop of `hark demo`, with the chats of one of its people.
import { type Agent, Desk } from '../tests/desk.ts';
import { Guest } from '../tests/console/console.ts';

/** Answers the one who is photographed. */
export async function furnish(desk: Desk): Promise<Agent> {
  await desk.set('Site_Name', 'Kiln & Clay');
  await desk.admin.tell('permissions.update', {
    permissions: [
      { _id: 'transfer-livechat-guest', roles: ['admin', 'livechat-manager', 'livechat-agent'] },
      { _id: 'view-livechat-rooms', roles: ['admin', 'livechat-manager', 'livechat-agent'] },
    ],
  });
  const priya = await desk.agent('priya', 'Priya Raman');
  const tomas = await desk.agent('tomas', 'Tomás Ferreira');
  const grace = await desk.agent('grace', 'Grace Okafor');
  const amira = await desk.agent('amira', 'Amira Haddad');
  const support = await desk.department('Support', [priya, tomas]);
  const billing = await desk.department('Billing', [grace, priya]);
  const sales = await desk.department('Sales', [amira, priya]);
  await desk.available(amira, false);
  await desk.field('order', 'Order');

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
  await noor.say('That is quick, thank you.');
  await noor.say('Do I have to send the cracked one back? The other three are beautiful.');
  await visit(noor, 'How we pack', 'packing');
  await own('ليلى منصور', 'ممتاز. وكم يستغرق التوصيل؟', sales, ['Arabic']);
  await own('Callum Reid', 'The glaze of my cup has a chip, here is a picture.', support, ['breakage']);
  await Guest.come(desk, 'Sofia Lindgren', 'Is the red glaze safe for children?', { department: support });
  await Guest.come(desk, 'Étienne Moreau', 'Puis-je payer par virement ?', { department: billing });
  return priya;
}
