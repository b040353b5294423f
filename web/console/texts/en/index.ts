import base from './base.ts';

/** What is everywhere comes with the language, and each area when its pages are opened. */
export default {
  base,
  areas: import.meta.glob(['./*.ts', '!./index.ts', '!./base.ts'], { import: 'default' }),
};
