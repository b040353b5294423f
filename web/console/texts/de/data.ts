import type en from '../en/data.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  newField: 'Neues Feld',
};

export default de;
