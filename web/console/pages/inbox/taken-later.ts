// Only where nobody waits.
import { later } from '../../parts/later.tsx';
import { speakOf } from '../../texts.ts';

const find = async (): Promise<typeof import('./Taken.tsx')> => (await Promise.all([import('./Taken.tsx'), speakOf('figures')]))[0];

export const TakenFigures = later(async () => (await find()).TakenFigures);
export const LastTaken = later(async () => (await find()).LastTaken);
