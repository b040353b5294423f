import type en from '../en/routing.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  newDepartment: 'قسم جديد',
};

export default ar;
