import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const he: Translation<typeof en> = {
  asTable: 'כטבלה',
  nothingInThisTime: 'אין דבר בזמן הזה',
  overTarget: 'מעל היעד',
  waitsForAgent: 'ממתינים',
  answeredInHour: 'נענו בשעה האחרונה',
  leftInHour: 'ננטשו',
  moreWait: 'ועוד {count}',
  nobodyWaits: 'אף אחד לא ממתין',
  lanesDrawn: '{some} מתוך {all} מחלקות, ההמתנה הארוכה ביותר תחילה',
  needAnAnswer: { one: 'אחד מחכה לתשובה', two: 'שניים מחכים לתשובה', other: '{count} מחכים לתשובה' },
  partOf: '{some} מתוך {all}',
  answered: 'נענו',
  notAnswered: 'לא נענו',
  answeredOnes: 'נענו',
  abandonedOnes: 'ננטשו',
  firstAnswer: 'תשובה ראשונה',
  firstAnswerSentence: 'תשובה ראשונה: {time} בממוצע',
  noDepartment: 'ללא מחלקה',
  hourOfDay: 'שעה',
};

export default he;
