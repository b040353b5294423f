import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const tr: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'Komutlar',
  goTo: 'Git',
  chatsAndVisitors: 'Sohbetler ve ziyaretçiler',
  nothingFound: 'Bu adda bir şey yok.',
  oneOf: '{whole}: {title}',
  aSetting: 'Ayar',
  settingIsOn: 'Açık',
  settingIsOff: 'Kapalı',
  chatIsOpen: 'açık',
  chatIsQueued: 'sırada',
  chatIsHeld: 'beklemede',
  chatIsOver: 'sona erdi',
  inQuotes: '“{text}”',
  hintChoose: 'seç',
  hintDoIt: 'uygula',
  hintNewTab: 'yeni sekmede',
  hintEverywhere: 'her yerde ara',
};

export default tr;
