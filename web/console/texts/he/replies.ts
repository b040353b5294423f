import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const he: Translation<typeof en> = {
  // Canned responses.
  newCanned: 'תשובה מוכנה חדשה',
  shortcut: 'קיצור',
  shortcutHelp: 'מקלידים אותו אחרי לוכסן בתיבת הפניות.',
  answerText: 'טקסט',
  forWhom: 'עבור',
  forOneself: 'רק למי שיצר אותה',
  forDepartment: 'מחלקה',
  forEverybody: 'כולם',
  uses: 'שימושים',
  findCanned: 'קיצור, מילה או תגית',
  noCannedYet: 'אין עדיין תשובות מוכנות',
  noCannedYetMore: 'תשובות שנחוצות שוב ושוב, מוכנות אחרי לוכסן בתיבת הפניות.',
  placesInText: 'הוספת מה שידוע על הצ׳אט',
  asVisitorReads: 'מה שהמבקר קורא',
  nothingWritten: 'עדיין לא נכתב דבר.',
  noSuchPlaces: 'אין מה למלא עבור {places}. המבקר קורא את זה כפי שכתוב כאן.',
  cannedDepartment: 'נא לבחור מחלקה',
  cannedTagsHelp: 'נציגים מוצאים אותה גם לפי המילים האלה.',
  notYoursToChange: 'אפשר להשתמש בתשובה הזו, אבל לא לשנות אותה.',
  removeCannedMore: 'נציגים לא ימצאו אותה עוד. הודעות שנשלחו איתה נשארות.',

  // Tags.
  newTag: 'תגית חדשה',
  offeredIn: 'מוצעת ב',
  offeredInHelp: 'ללא בחירה היא מוצעת לנציגים בכל המחלקות.',
  tagEverywhere: 'כל המחלקות',
  departmentGone: 'מחלקה שנמחקה',
  findTags: 'שם או מחלקה',
  noTagsYet: 'אין עדיין תגיות',
  noTagsYetMore: 'תגיות אומרות במה עסק צ׳אט. הן מוצעות לנציגים בסיומו.',
  removeTagMore: 'היא לא תוצע עוד. צ׳אטים שיש להם אותה שומרים אותה.',
};

export default he;
