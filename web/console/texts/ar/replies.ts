import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  newCanned: 'رد جاهز جديد',
};

export default ar;
