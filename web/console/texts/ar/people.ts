import type en from '../en/people.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  addAgent: 'إضافة وكيل',
};

export default ar;
