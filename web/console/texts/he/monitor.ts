import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const he: Translation<typeof en> = {
  liveMonitor: 'ניטור חי',
  liveAt: 'חי, {time}',
  pausedAt: 'הושהה ב־{time}',
  goOn: 'חידוש',
  holdOn: 'השהיה',
  wallMode: 'תצוגת קיר',
  leaveWall: 'יציאה מתצוגת הקיר',
  waitingNow: 'ממתינים',
  longestWait: 'ההמתנה הארוכה ביותר',
  onHoldCount: '{count} מושהים',
  agentsAreThere: 'נציגים מחוברים',
  ofAll: 'מתוך {all}',
  freeSlots: 'מקומות פנויים',
  firstAnswerTodayAverage: 'תשובה ראשונה היום, ממוצע',
  yesterdayIt: 'אתמול {time}',
  ratingToday: 'דירוג היום',
  load: 'עומס',
  loadHint: 'מפוספס: מחכה לתשובה',
  firstAnswerToday: 'תשובה ראשונה',
  chatsToday: 'צ׳אטים היום',
  isAway: 'בהפסקה',
  isOffline: 'לא מחובר/ת',
  ofOnline: '\u200f{there} מתוך {all} מחוברים',
  queueSentence: 'תור: {count} ממתינים, ההמתנה הארוכה ביותר {time}',
  answeredAndNot: '\u200f{answered} נענו, {left} לא',
  chatsTodaySentence: 'צ׳אטים היום לפי שעה: {chats}, מתוכם נענו {answered}',
  averageOfHours: 'ממוצע של כל שעה',
  usualOn: 'כרגיל: {day}',
  oldest: 'הישנה ביותר',
  firstRequestAfterEvent: 'בקשה ראשונה {time} אחרי האירוע, p95',
  endpointsCount: { one: 'נקודת קצה אחת', two: 'שתי נקודות קצה', other: '{count} נקודות קצה' },
};

export default he;
