import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const it: Translation<typeof en> = {
  liveMonitor: 'Monitoraggio in diretta',
  liveAt: 'In diretta, {time}',
  pausedAt: 'In pausa dalle {time}',
  goOn: 'Riprendi',
  holdOn: 'Metti in pausa',
  wallMode: 'Vista a parete',
  leaveWall: 'Esci dalla vista a parete',
  waitingNow: 'In attesa',
  longestWait: 'Attesa più lunga',
  onHoldCount: '{count} in sospeso',
  agentsAreThere: 'Operatori online',
  ofAll: 'di {all}',
  freeSlots: 'Posti liberi',
  firstAnswerTodayAverage: 'Prima risposta oggi, media',
  yesterdayIt: 'ieri {time}',
  ratingToday: 'Valutazione oggi',
  load: 'Carico',
  loadHint: 'a strisce: attende una risposta',
  firstAnswerToday: 'Prima risposta',
  chatsToday: 'Chat di oggi',
  isAway: 'assente',
  isOffline: 'offline',
  ofOnline: '{there} di {all} online',
  queueSentence: 'Coda: {count} in attesa, la più lunga da {time}',
  answeredAndNot: '{answered} con risposta, {left} senza',
  chatsTodaySentence: 'Chat di oggi per ora: {chats}, di cui {answered} con risposta',
  averageOfHours: 'media di ogni ora',
  usualOn: 'consueto di {day}',
  oldest: 'La più vecchia',
  firstRequestAfterEvent: 'prima richiesta {time} dopo l’evento, p95',
  endpointsCount: { one: '{count} endpoint', many: '{count} di endpoint', other: '{count} endpoint' },
};

export default it;
