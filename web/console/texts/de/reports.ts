import type en from '../en/reports.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  asTable: 'Als Tabelle',
};

export default de;
