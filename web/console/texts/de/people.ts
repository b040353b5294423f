import type en from '../en/people.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  addAgent: 'Agenten hinzufügen',
};

export default de;
