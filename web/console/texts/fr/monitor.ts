import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const fr: Translation<typeof en> = {
  liveMonitor: 'Supervision en direct',
  liveAt: 'En direct, {time}',
  pausedAt: 'En pause depuis {time}',
  goOn: 'Reprendre',
  holdOn: 'Mettre en pause',
  wallMode: 'Mode mural',
  leaveWall: 'Quitter le mode mural',
  waitingNow: 'En attente',
  longestWait: 'Attente la plus longue',
  onHoldCount: '{count} en pause',
  agentsAreThere: 'Agents en ligne',
  ofAll: 'sur {all}',
  freeSlots: 'Places libres',
  firstAnswerTodayAverage: 'Première réponse aujourd’hui, moyenne',
  yesterdayIt: 'hier {time}',
  ratingToday: 'Note aujourd’hui',
  load: 'Charge',
  loadHint: 'rayé : attend une réponse',
  firstAnswerToday: 'Première réponse',
  chatsToday: 'Conversations aujourd’hui',
  isAway: 'absent',
  isOffline: 'hors ligne',
  ofOnline: '{there} sur {all} en ligne',
  queueSentence: 'File d’attente : {count} en attente, la plus longue depuis {time}',
  answeredAndNot: '{answered} répondues, {left} non',
  chatsTodaySentence: 'Conversations d’aujourd’hui par heure : {chats}, dont {answered} répondues',
  averageOfHours: 'moyenne de chaque heure',
  usualOn: 'habituel un {day}',
  oldest: 'La plus ancienne',
  firstRequestAfterEvent: 'première requête {time} après l’événement, p95',
  endpointsCount: { one: '{count} endpoint', many: '{count} endpoints', other: '{count} endpoints' },
};

export default fr;
