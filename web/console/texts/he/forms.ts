import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const he: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'לא נשמר: יש לבדוק את {fields}.',
  fieldNeeded: 'אי אפשר להשאיר את זה ריק.',
  fieldNoEmail: 'זו אינה כתובת דוא״ל.',
  fieldNoUrl: 'זו אינה כתובת אינטרנט. כתובת מתחילה ב־https:// או ב־http://.',
  fieldNoPattern: 'זה אינו ביטוי רגולרי.',
  fieldNoNumber: 'כאן נדרש מספר, {least} או יותר.',
  fieldNotTaken: 'השרת אינו מקבל את זה.',
  fieldInUse: 'זה כבר בשימוש.',
  fieldLetters: 'רק אותיות, ספרות, מקפים וקווים תחתונים.',
  fieldOtherUnit: 'אחת המחלקות האלה כבר שייכת ליחידה אחרת.',
  deletedMeanwhile: 'לא נשמר: מישהו אחר מחק את זה בינתיים.',
  deletedMeanwhileBy: 'לא נשמר: נמחק על ידי {name} בשעה {time}.',

  // What somebody else has changed meanwhile.
  compare: 'השוואה',
  theirVersion: 'בשרת',
  yourVersion: 'שלך',
  takeTheirs: 'השארת מה שבשרת',
  saveMine: 'שמירת שלי במקומו',
  isOn: 'פועל',
  isOff: 'כבוי',
  changedMeanwhile: 'לא נשמר: מישהו אחר שינה את זה בינתיים.',
  changedMeanwhileBy: 'לא נשמר: שונה על ידי {name} בשעה {time}.',
};

export default he;
