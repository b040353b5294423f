import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  liveMonitor: 'Live-Monitor',
  liveAt: 'Live, {time}',
  pausedAt: 'Angehalten um {time}',
  goOn: 'Fortsetzen',
  holdOn: 'Anhalten',
  wallMode: 'Wandanzeige',
  leaveWall: 'Wandanzeige beenden',
  waitingNow: 'Wartend',
  longestWait: 'Längste Wartezeit',
  onHoldCount: '{count} pausiert',
  agentsAreThere: 'Agenten online',
  ofAll: 'von {all}',
  freeSlots: 'Freie Plätze',
  firstAnswerTodayAverage: 'Erste Antwort heute, Mittel',
  yesterdayIt: 'gestern {time}',
  ratingToday: 'Bewertung heute',
  load: 'Auslastung',
  loadHint: 'gestreift: braucht Antwort',
  firstAnswerToday: 'Erste Antwort',
  chatsToday: 'Chats heute',
  isAway: 'abwesend',
  isOffline: 'offline',
  ofOnline: '{there} von {all} online',
  queueSentence: 'Warteschlange: {count} wartend, am längsten {time}',
  answeredAndNot: '{answered} beantwortet, {left} nicht',
  chatsTodaySentence: 'Chats heute nach Stunden: {chats}, davon {answered} beantwortet',
  averageOfHours: 'Mittel jeder Stunde',
  usualOn: 'üblich am {day}',
  oldest: 'Älteste',
  firstRequestAfterEvent: 'erste Anfrage {time} nach dem Ereignis, p95',
  endpointsCount: { one: '{count} Endpunkt', other: '{count} Endpunkte' },
};

export default de;
