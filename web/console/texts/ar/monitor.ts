import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const ar: Translation<typeof en> = {
  liveMonitor: 'المتابعة المباشرة',
  liveAt: 'مباشر، {time}',
  pausedAt: 'متوقف منذ {time}',
  goOn: 'استئناف',
  holdOn: 'إيقاف مؤقت',
  wallMode: 'وضع الشاشة الكبيرة',
  leaveWall: 'إنهاء وضع الشاشة الكبيرة',
  waitingNow: 'في الانتظار',
  longestWait: 'أطول انتظار',
  onHoldCount: '{count} معلّقة',
  agentsAreThere: 'الموظفون المتصلون',
  ofAll: 'من {all}',
  freeSlots: 'أماكن متاحة',
  firstAnswerTodayAverage: 'أول رد اليوم، المتوسط',
  yesterdayIt: 'أمس {time}',
  ratingToday: 'التقييم اليوم',
  load: 'الحِمل',
  loadHint: 'المخطط: يحتاج إلى رد',
  firstAnswerToday: 'أول رد',
  chatsToday: 'محادثات اليوم',
  isAway: 'غير متاح',
  isOffline: 'غير متصل',
  ofOnline: '{there} من {all} متصلون',
  queueSentence: 'قائمة الانتظار: {count} في الانتظار، أطولها {time}',
  answeredAndNot: '{answered} تم الرد عليها، {left} لا',
  chatsTodaySentence: 'محادثات اليوم حسب الساعة: {chats}، تم الرد على {answered} منها',
  averageOfHours: 'متوسط كل ساعة',
  usualOn: 'المعتاد يوم {day}',
  oldest: 'الأقدم',
  firstRequestAfterEvent: 'أول طلب بعد {time} من الحدث، p95',
  endpointsCount: { one: 'نقطة استقبال واحدة', other: '{count} نقطة استقبال', zero: 'لا نقاط استقبال', two: 'نقطتا استقبال', few: '{count} نقاط استقبال', many: '{count} نقطة استقبال' },
};

export default ar;
