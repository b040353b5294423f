import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  wallMode: 'Wandansicht',
};

export default de;
