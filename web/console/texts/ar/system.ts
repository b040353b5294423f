import type en from '../en/system.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  searchSettings: 'البحث في الإعدادات',
};

export default ar;
