import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const he: Translation<typeof en> = {
  // All chats.
  visitorName: 'מבקר',
  searchChats: 'מילים, שמות, כתובות',
  stateOpen: 'פתוח',
  stateQueued: 'בתור',
  stateHeld: 'מושהה',
  stateClosed: 'הסתיים',
  anyDepartment: 'כל מחלקה',
  anyAgent: 'כל הנציגים',
  fromDay: 'מיום',
  untilDay: 'עד יום',
  startedAt: 'התחלה',
  lasted: 'משך',
  messagesCount: 'הודעות',
  foundOf: '{count} מתוך {total}',
  foundSoFar: '{count} עד כה',
  wordsMissing: 'הודעות קודמות עדיין נקראות: ייתכן שחסרים כאן צ׳אטים.',
  customField: 'שדה מותאם',
  noChatsYet: 'אין עדיין צ׳אטים',
  noChatsYetMore: 'כל צ׳אט שהיה כאן אי פעם נמצא בדף הזה.',
  noChatsMatch: 'אין צ׳אטים מתאימים',
  noChatsMatchMore: 'אין צ׳אט שעונה על כל אלה: {filters}.',
  searchInChat: 'חיפוש בצ׳אט הזה',
  nothingSaid: 'איש לא כתב את זה.',
  savedViews: 'תצוגות שמורות',
  saveView: 'שמירה כתצוגה',
  viewName: 'שם התצוגה',

  // The filter of the inbox.
  anyTag: 'כל תגית',
  channelOfChat: 'ערוץ',
  anyChannel: 'כל ערוץ',
  channelWidget: 'אתר',
  channelEmail: 'אימייל',
  channelSms: 'SMS',
  channelApi: 'API',
  anyPriority: 'כל עדיפות',
  sortBy: 'סדר',
  sortUsual: 'הסדר הרגיל',
  sortLatest: 'החדשים תחילה',
  sortOldest: 'הישנים תחילה',
  sortUrgent: 'הדחופים תחילה',
};

export default he;
