import type en from '../en/reports.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  asTable: 'كجدول',
};

export default ar;
