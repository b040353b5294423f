import type en from '../en/widget.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  contrastOf: 'Kontrast',
};

export default de;
