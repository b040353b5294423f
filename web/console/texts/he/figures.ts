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
  firstAnswerMedian: 'מענה ראשון, חציון',

  // Of an inbox in which nobody waits.
  takenInHour: 'נלקחו בשעה האחרונה',
  takenByYou: '{count} על ידך',
  availableNow: 'זמינים כעת',
  freeSlotsAre: 'מקומות פנויים: {count}',
  lastTakenBy: 'האחרון היה {name}, נלקח בידי {agent} בשעה {time} אחרי {wait}.',
  lastTaken: 'האחרון היה {name}, נלקח בשעה {time} אחרי {wait}.',
};

export default he;
