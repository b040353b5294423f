import type en from '../en/system.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  searchSettings: 'Einstellungen durchsuchen',
};

export default de;
