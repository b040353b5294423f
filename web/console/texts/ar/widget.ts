import type en from '../en/widget.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  contrastOf: 'التباين',
};

export default ar;
