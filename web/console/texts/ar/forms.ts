import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'لم يُحفظ: راجع {fields}.',
  fieldNeeded: 'لا يمكن ترك هذا فارغًا.',
  fieldNoEmail: 'هذا ليس عنوان بريد إلكتروني.',
  fieldNoUrl: 'هذا ليس عنوان ويب. يبدأ العنوان بـ https:// أو http://.',
  fieldNoPattern: 'هذا ليس تعبيرًا نمطيًا.',
  fieldNoNumber: 'يجب أن يكون هذا رقمًا لا يقل عن {least}.',
  fieldNotTaken: 'لا يقبل الخادم هذا.',
  fieldInUse: 'هذا مستخدم بالفعل.',
  fieldLetters: 'أحرف وأرقام وواصلات وشرطات سفلية فقط.',
  fieldOtherUnit: 'أحد هذه الأقسام تابع لوحدة أخرى بالفعل.',
  deletedMeanwhile: 'لم يُحفظ: حذفه شخص آخر في هذه الأثناء.',
  deletedMeanwhileBy: 'لم يُحفظ: حذفه {name} عند {time}.',

  // What somebody else has changed meanwhile.
  compare: 'مقارنة',
  theirVersion: 'على الخادم',
  yourVersion: 'منك',
  takeTheirs: 'الإبقاء على ما في الخادم',
  saveMine: 'حفظ تغييراتي فوقها',
  isOn: 'مفعّل',
  isOff: 'معطّل',
  changedMeanwhile: 'لم يُحفظ: غيّره شخص آخر في هذه الأثناء.',
  changedMeanwhileBy: 'لم يُحفظ: غيّره {name} عند {time}.',
};

export default ar;
