// Only for those who want other chats of a list, or in another order.
import { later } from '../../parts/later.tsx';
import { speakOf } from '../../texts.ts';

const find = async (): Promise<typeof import('./Filtering.tsx')> => (await Promise.all([import('./Filtering.tsx'), speakOf('chats')]))[0];

export const Choice = later(async () => (await find()).Choice);
export const Chips = later(async () => (await find()).Chips);
export const NothingLikeIt = later(async () => (await find()).NothingLikeIt);
