import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  wallMode: 'وضع الشاشة الكبيرة',
};

export default ar;
