import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  asTable: 'كجدول',
  nothingInThisTime: 'لا شيء في هذه المدة',
  overTarget: 'تجاوز الهدف',
  waitsForAgent: 'ينتظر',
  answeredInHour: 'تم الرد خلال الساعة الماضية',
  leftInHour: 'غادر',
  moreWait: 'و{count} غيرهم',
  nobodyWaits: 'لا أحد ينتظر',
  lanesDrawn: '{some} من أصل {all} قسمًا، الأطول انتظارًا أولًا',
  needAnAnswer: { one: 'واحدة تحتاج إلى رد', other: '{count} تحتاج إلى رد', zero: 'لا شيء يحتاج إلى رد', two: 'اثنتان تحتاجان إلى رد', few: '{count} تحتاج إلى رد', many: '{count} تحتاج إلى رد' },
  partOf: '{some} من {all}',
  answered: 'تم الرد',
  notAnswered: 'بلا رد',
  answeredOnes: 'تم الرد',
  abandonedOnes: 'متروكة',
  firstAnswer: 'أول رد',
  firstAnswerSentence: 'أول رد: {time} في المتوسط',
  noDepartment: 'بلا قسم',
  hourOfDay: 'الساعة',
  firstAnswerMedian: 'أول رد، الوسيط',

  // Of an inbox in which nobody waits.
  takenInHour: 'استُلمت في الساعة الأخيرة',
  takenByYou: 'منها لك: {count}',
  availableNow: 'المتاحون الآن',
  freeSlotsAre: 'الأماكن الشاغرة: {count}',
  lastTakenBy: 'آخرها محادثة {name}، استلمها {agent} في {time} بعد {wait}.',
  lastTaken: 'آخرها محادثة {name}، استُلمت في {time} بعد {wait}.',
};

export default ar;
