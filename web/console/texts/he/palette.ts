import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const he: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'פקודות',
  goTo: 'מעבר אל',
  chatsAndVisitors: 'צ׳אטים ומבקרים',
  nothingFound: 'אין דבר בשם הזה.',
  oneOf: '{whole}: {title}',
  aSetting: 'הגדרה',
  settingIsOn: 'פועל',
  settingIsOff: 'כבוי',
  chatIsOpen: 'פתוח',
  chatIsQueued: 'בתור',
  chatIsHeld: 'מושהה',
  chatIsOver: 'הסתיים',
  inQuotes: '“{text}”',
  hintChoose: 'בחירה',
  hintDoIt: 'ביצוע',
  hintNewTab: 'בכרטיסייה חדשה',
  hintEverywhere: 'חיפוש בכל מקום',
};

export default he;
