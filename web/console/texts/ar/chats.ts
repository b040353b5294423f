import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  // All chats.
  visitorName: 'الزائر',
  searchChats: 'كلمات أو أسماء أو عناوين',
  stateOpen: 'مفتوحة',
  stateQueued: 'في الانتظار',
  stateHeld: 'معلقة',
  stateClosed: 'منتهية',
  anyDepartment: 'أي قسم',
  anyAgent: 'أي موظف',
  fromDay: 'من',
  untilDay: 'إلى',
  startedAt: 'بدأت',
  lasted: 'المدة',
  messagesCount: 'الرسائل',
  foundOf: '{count} من {total}',
  foundSoFar: '{count} حتى الآن',
  wordsMissing: 'لا تزال الرسائل السابقة قيد القراءة: قد تنقص هنا بعض المحادثات.',
  customField: 'حقل مخصص',
  noChatsYet: 'لا محادثات بعد',
  noChatsYetMore: 'كل محادثة جرت هنا تجدها في هذه الصفحة.',
  noChatsMatch: 'لا محادثات مطابقة',
  noChatsMatchMore: 'لا محادثة تجمع كل هذا: {filters}.',
  searchInChat: 'البحث في هذه المحادثة',
  nothingSaid: 'لم يكتب أحد هذا.',
  savedViews: 'العروض المحفوظة',
  saveView: 'حفظ كعرض',
  viewName: 'اسم العرض',

  // The filter of the inbox.
  anyTag: 'أي وسم',
  channelOfChat: 'القناة',
  anyChannel: 'أي قناة',
  channelWidget: 'الموقع',
  channelEmail: 'البريد الإلكتروني',
  channelSms: 'رسائل SMS',
  channelApi: 'API',
  anyPriority: 'أي أولوية',
  sortBy: 'الترتيب',
  sortUsual: 'الترتيب المعتاد',
  sortLatest: 'الأحدث أولًا',
  sortOldest: 'الأقدم أولًا',
  sortUrgent: 'الأكثر إلحاحًا أولًا',
};

export default ar;
