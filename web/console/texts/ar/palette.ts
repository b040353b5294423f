import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'الأوامر',
  goTo: 'الانتقال إلى',
  chatsAndVisitors: 'المحادثات والزوار',
  nothingFound: 'لا شيء بهذا الاسم.',
  oneOf: '{whole}: {title}',
  aSetting: 'إعداد',
  settingIsOn: 'مفعّل',
  settingIsOff: 'معطّل',
  chatIsOpen: 'مفتوحة',
  chatIsQueued: 'في الانتظار',
  chatIsHeld: 'معلقة',
  chatIsOver: 'منتهية',
  inQuotes: '«{text}»',
  hintChoose: 'اختيار',
  hintDoIt: 'تنفيذ',
  hintNewTab: 'في تبويب جديد',
  hintEverywhere: 'البحث في كل مكان',
};

export default ar;
