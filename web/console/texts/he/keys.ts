import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const he: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: 'בכל מקום',
  keyKeys: 'הצגת כל המקשים',
  keyInbox: 'לתיבת הפניות',
  keySave: 'שמירה',
  keyAvailable: 'זמין/ה או בהפסקה',
  keyUndo: 'ביטול',
  keyBack: 'חזרה, סגירה',
  keysInbox: 'תיבת הפניות',
  keyOpen: 'אל תוך הצ׳אט',
  keyTake: 'קבלת הצ׳אט הזה או הבא',
  keyReturn: 'החזרה לתור',
  keyHold: 'השהיה, חידוש',
  keyTags: 'תגיות',
  keyVisitor: 'המבקר',
  keyDeliveries: 'ה־webhooks של הצ׳אט',
  keyList: 'הצגה או הסתרה של הרשימה',
  keyDetails: 'הצגה או הסתרה של הפרטים',
  keysComposer: 'תשובה',
  keySend: 'שליחה',
  keyNewLine: 'שורה חדשה',
  keySendClose: 'שליחה וסיום',
  keyMention: 'עדכון מישהו מהצוות, בהערה',
  keyEdit: 'עריכת ההודעה האחרונה',
  keyToList: 'לרשימה, הטקסט נשאר',
  keysTables: 'טבלאות',
  keyRows: 'השורה הבאה, הקודמת',
  keyOpenRow: 'פתיחת השורה',
  keyNewRow: 'יצירת חדש',
  keyChooseRow: 'בחירת השורה',
  keyResend: 'שליחה חוזרת',
  keyCurl: 'העתקה כ־curl',
  keyPause: 'השהיה, המשך',
  keysDialogs: 'תיבות דו־שיח',
  keyDoIt: 'ביצוע',
  keyCancel: 'ביטול',
};

export default he;
