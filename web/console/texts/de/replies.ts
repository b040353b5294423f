import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  newCanned: 'Neuer Textbaustein',
};

export default de;
