import type en from '../en/data.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  newField: 'حقل جديد',
};

export default ar;
