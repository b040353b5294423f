import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const ptBR: Translation<typeof en> = {
  liveMonitor: 'Monitor ao vivo',
  liveAt: 'Ao vivo, {time}',
  pausedAt: 'Pausado às {time}',
  goOn: 'Retomar',
  holdOn: 'Pausar',
  wallMode: 'Modo painel',
  leaveWall: 'Sair do modo painel',
  waitingNow: 'Aguardando',
  longestWait: 'Maior espera',
  onHoldCount: '{count} em espera',
  agentsAreThere: 'Atendentes on-line',
  ofAll: 'de {all}',
  freeSlots: 'Vagas livres',
  firstAnswerTodayAverage: 'Primeira resposta hoje, média',
  yesterdayIt: 'ontem {time}',
  ratingToday: 'Avaliação hoje',
  load: 'Carga',
  loadHint: 'listrado: precisa de resposta',
  firstAnswerToday: 'Primeira resposta',
  chatsToday: 'Chats hoje',
  isAway: 'ausente',
  isOffline: 'off-line',
  ofOnline: '{there} de {all} on-line',
  queueSentence: 'Fila: {count} aguardando, a maior espera há {time}',
  answeredAndNot: '{answered} respondidos, {left} não',
  chatsTodaySentence: 'Chats de hoje por hora: {chats}, dos quais {answered} respondidos',
  averageOfHours: 'média de cada hora',
  usualOn: 'habitual: {day}',
  oldest: 'Mais antiga',
  firstRequestAfterEvent: 'primeira requisição {time} após o evento, p95',
  endpointsCount: { one: '{count} endpoint', many: '{count} de endpoints', other: '{count} endpoints' },
};

export default ptBR;
