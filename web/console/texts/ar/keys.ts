import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: 'في كل مكان',
  keyKeys: 'إظهار كل المفاتيح',
  keyInbox: 'إلى الوارد',
  keySave: 'حفظ',
  keyAvailable: 'متاح أو غائب',
  keyUndo: 'تراجع',
  keyBack: 'رجوع، إغلاق',
  keysInbox: 'الوارد',
  keyOpen: 'إلى المحادثة',
  keyTake: 'استلام هذه المحادثة أو التالية',
  keyReturn: 'إعادة إلى قائمة الانتظار',
  keyHold: 'تعليق، استئناف',
  keyTags: 'الوسوم',
  keyVisitor: 'الزائر',
  keyDeliveries: 'إشعارات المحادثة',
  keyList: 'إظهار القائمة أو إخفاؤها',
  keyDetails: 'إظهار التفاصيل أو إخفاؤها',
  keysComposer: 'الرد',
  keySend: 'إرسال',
  keyNewLine: 'سطر جديد',
  keySendClose: 'إرسال وإنهاء',
  keyMention: 'تنبيه زميل في ملاحظة',
  keyEdit: 'تعديل آخر رسالة',
  keyToList: 'إلى القائمة، والنص يبقى',
  keysTables: 'الجداول',
  keyRows: 'الصف التالي والسابق',
  keyOpenRow: 'فتح الصف',
  keyNewRow: 'إضافة جديد',
  keyChooseRow: 'تحديد الصف',
  keyResend: 'إعادة إرسال',
  keyCurl: 'نسخ بصيغة curl',
  keyPause: 'إيقاف مؤقت أو استئناف',
  keysDialogs: 'مربعات الحوار',
  keyDoIt: 'تنفيذ',
  keyCancel: 'إلغاء',
};

export default ar;
