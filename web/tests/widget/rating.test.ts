// How a chat was, as its visitor says it.

import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Visitor } from './visitor.ts';

let visitors = 0;

interface Rating {
  readonly satisfaction: string;
  readonly additionalFeedback?: string;
}

/** Somebody whose chat has ended, and each rating that he sends. */
async function ended(): Promise<[Visitor, Rating[]]> {
  const vera = await Visitor.open(browser, desk.server.url);
  visitors += 1;
  await vera.introduce('Vera', `vera${visitors}@example.org`);
  await vera.say('Hello');
  await vera.arrived();
  const { _id: rid } = await vera.room(desk);
  await desk.take(amy, rid);
  await desk.close(amy, rid);
  await vera.page.getByRole('heading', { name: /^How was your chat/ }).waitFor();
  const sent: Rating[] = [];
  vera.page.on('request', (request) => {
    if (request.url().endsWith('livechat/room.survey')) {
      const { data } = request.postDataJSON() as { data: { name: string; value: string }[] };
      sent.push(Object.fromEntries(data.map(({ name, value }) => [name, value])) as unknown as Rating);
    }
  });
  return [vera, sent];
}

const comment = (vera: Visitor) => vera.field('Anything you’d like to add? (optional)');

test('words that could not be sent are not thanked for, and are sent again', async () => {
  const [vera, sent] = await ended();
  await vera.page.getByLabel('4 of 5 stars').check();
  await comment(vera).fill('Friendly and quick');
  const refusal = { status: 400, json: { success: false, error: 'not now' } };
  await vera.page.route('**/livechat/room.survey', (route) => route.fulfill(refusal));
  await vera.button('Send').click();
  await vera.page.getByText('Something went wrong.').waitFor();
  expect(await vera.page.getByText('Thanks for your rating.').count()).toBe(0);
  expect(await comment(vera).inputValue()).toBe('Friendly and quick');
  expect(await vera.page.getByLabel('4 of 5 stars').isChecked()).toBe(true);
  await vera.page.unroute('**/livechat/room.survey');
  await vera.button('Send').click();
  await vera.page.getByText('Thanks for your rating.').waitFor();
  expect(sent.at(-1)).toEqual({ satisfaction: '4', additionalFeedback: 'Friendly and quick' });
  expect(vera.complaints.filter((text) => !text.includes('400'))).toEqual([]);
  await vera.context.close();
});

test('by keys: where he stays counts, not what he passes', async () => {
  const [vera, sent] = await ended();
  const { keyboard } = vera.page;
  await vera.page.clock.install();
  await vera.page.getByLabel('1 of 5 stars').focus();
  for (let star = 1; star < 4; star += 1) {
    await keyboard.press('ArrowRight');
  }
  expect(await vera.page.getByLabel('4 of 5 stars').isChecked()).toBe(true);
  await vera.page.clock.fastForward(2000);
  await comment(vera).waitFor();
  expect(sent).toEqual([{ satisfaction: '4' }]);
  await keyboard.press('ArrowLeft');
  await keyboard.press('Enter');
  await expect.poll(() => sent.length).toBe(2);
  // Whoever goes on has made up his mind too.
  await keyboard.press('ArrowLeft');
  await keyboard.press('Tab');
  await expect.poll(() => sent).toEqual(['4', '3', '2'].map((satisfaction) => ({ satisfaction })));
  await vera.leave();
});

test('one at a time: the last that he chose is the last that arrives', async () => {
  const [vera, sent] = await ended();
  const held: (() => void)[] = [];
  await vera.page.route('**/livechat/room.survey', async (route) => {
    await new Promise<void>((go) => {
      held.push(go);
    });
    await route.continue();
  });
  for (const star of ['5 of 5 stars', '2 of 5 stars', '1 of 5 stars', '3 of 5 stars']) {
    await vera.page.getByLabel(star).check();
  }
  await expect.poll(() => held.length).toBe(1);
  held[0]?.();
  await expect.poll(() => held.length).toBe(2);
  held[1]?.();
  await comment(vera).waitFor();
  expect(sent).toEqual([{ satisfaction: '5' }, { satisfaction: '3' }]);
  await vera.leave();
});
