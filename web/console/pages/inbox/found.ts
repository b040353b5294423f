// What the palette finds for the open chat besides what is always there: answers that are ready, tags, and what
// webhooks have not heard.
import type { Delivery, Room } from '../../api/documents.ts';
import { writeDown } from '../../live/acts.ts';
import { canned, fillCanned } from '../../live/canned.ts';
import { deliveries, resend } from '../../live/deliveries.ts';
import { offeredFor } from '../../live/tags.ts';
import type { Command } from '../../commands.ts';
import { count, listed, t } from '../../texts.ts';
import { saidOf, shortcutOf } from './said.ts';

async function say(rid: string, id: string, put: (words: string) => void): Promise<void> {
  const text = await fillCanned(rid, id);
  if (text !== undefined) {
    put(text);
  }
}

/** Each puts an answer into the field, as it is said in this chat. */
export const cannedCommands = (rid: string, put: (words: string) => void): readonly Command[] =>
  (canned.value ?? []).map((one) => ({
    of: 'found',
    icon: 'slash',
    whole: t('cannedOne'),
    title: saidOf(one),
    key: one._id,
    note: `/${shortcutOf(one)}`,
    isCode: true,
    act: () => void say(rid, one._id, put),
  }));

export function tagCommands(room: Room): readonly Command[] {
  const tags = room.tags ?? [];
  return offeredFor(room)
    .filter((tag) => !tags.includes(tag))
    .map((tag) => ({
      of: 'found',
      icon: 'tag',
      whole: t('tagOne'),
      title: tag,
      act: () => void writeDown(room, {}, { tags: [...tags, tag] }),
    }));
}

/** One after the other, in the order in which they happened. */
async function resendAll(failed: readonly Delivery[]): Promise<void> {
  for (const { id } of failed) {
    await resend(id);
  }
}

/** One for all that was given up of the chat. */
export function resendCommands(): readonly Command[] {
  const failed = deliveries.value.filter(({ state }) => state === 'given-up');
  if (failed.length === 0) {
    return [];
  }
  const endpoints = new Set(failed.map(({ endpoint }) => endpoint?.name ?? t('someone')));
  return [
    {
      of: 'chat',
      icon: 'retry',
      title: count('resendGivenUp', failed.length),
      note: listed([...endpoints]),
      act: () => void resendAll(failed.toReversed()),
    },
  ];
}
