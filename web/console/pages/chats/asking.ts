import { FILTERS } from '../../live/search.ts';
import { ask } from '../../parts/asking.ts';

export const removeFilters = (): void => ask(Object.fromEntries(FILTERS.map((name) => [name, ''])));
