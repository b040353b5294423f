import type en from '../en/routing.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  newDepartment: 'Neue Abteilung',
};

export default de;
