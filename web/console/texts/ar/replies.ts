import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  // Canned responses.
  newCanned: 'رد جاهز جديد',
  shortcut: 'الاختصار',
  shortcutHelp: 'يُكتب بعد شرطة مائلة في الوارد.',
  answerText: 'النص',
  forWhom: 'لمن',
  forOneself: 'لصاحبه فقط',
  forDepartment: 'لقسم',
  forEverybody: 'للجميع',
  uses: 'مرات الاستخدام',
  findCanned: 'اختصار أو كلمة أو وسم',
  noCannedYet: 'لا توجد ردود جاهزة بعد',
  noCannedYetMore: 'إجابات تتكرر الحاجة إليها، جاهزة بعد شرطة مائلة في الوارد.',
  placesInText: 'أدرج ما هو معروف عن المحادثة',
  asVisitorReads: 'ما يقرؤه الزائر',
  nothingWritten: 'لم يُكتب شيء بعد.',
  noSuchPlaces: 'لا شيء يُملأ مكان {places}. سيقرؤه الزائر كما هو مكتوب هنا.',
  cannedDepartment: 'اختر قسمًا',
  cannedTagsHelp: 'يجده الموظفون بهذه الكلمات أيضًا.',
  notYoursToChange: 'يمكنك استخدام هذا الرد، لكن لا يمكنك تغييره.',
  removeCannedMore: 'لن يجده أحد بعد ذلك. الرسائل التي أُرسلت به تبقى.',

  // Tags.
  newTag: 'وسم جديد',
  offeredIn: 'معروض في',
  offeredInHelp: 'إن لم تختر شيئًا فهو معروض في كل الأقسام.',
  tagEverywhere: 'كل الأقسام',
  departmentGone: 'قسم محذوف',
  findTags: 'اسم أو قسم',
  noTagsYet: 'لا توجد وسوم بعد',
  noTagsYetMore: 'تقول الوسوم عمّ كانت المحادثة، وتُعرض على الموظفين عند إغلاقها.',
  removeTagMore: 'لن يُعرض بعد ذلك. المحادثات التي تحمله تحتفظ به.',
};

export default ar;
