import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const nl: Translation<typeof en> = {
  liveMonitor: 'Livemonitor',
  liveAt: 'Live, {time}',
  pausedAt: 'Gepauzeerd om {time}',
  goOn: 'Hervatten',
  holdOn: 'Pauzeren',
  wallMode: 'Wandweergave',
  leaveWall: 'Wandweergave verlaten',
  waitingNow: 'Wachtend',
  longestWait: 'Langste wachttijd',
  onHoldCount: '{count} in de wacht',
  agentsAreThere: 'Medewerkers online',
  ofAll: 'van {all}',
  freeSlots: 'Vrije plaatsen',
  firstAnswerTodayAverage: 'Eerste antwoord vandaag, gemiddeld',
  yesterdayIt: 'gisteren {time}',
  ratingToday: 'Beoordeling vandaag',
  load: 'Belasting',
  loadHint: 'gestreept: wacht op antwoord',
  firstAnswerToday: 'Eerste antwoord',
  chatsToday: 'Chats vandaag',
  isAway: 'afwezig',
  isOffline: 'offline',
  ofOnline: '{there} van {all} online',
  queueSentence: 'Wachtrij: {count} wachtend, langst {time}',
  answeredAndNot: '{answered} beantwoord, {left} niet',
  chatsTodaySentence: 'Chats vandaag per uur: {chats}, waarvan {answered} beantwoord',
  averageOfHours: 'gemiddelde van elk uur',
  usualOn: 'gebruikelijk op {day}',
  oldest: 'Oudste',
  firstRequestAfterEvent: 'eerste verzoek {time} na de gebeurtenis, p95',
  endpointsCount: { one: '{count} endpoint', other: '{count} endpoints' },
};

export default nl;
