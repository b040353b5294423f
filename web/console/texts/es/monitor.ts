import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const es: Translation<typeof en> = {
  liveMonitor: 'Supervisión en directo',
  liveAt: 'En directo, {time}',
  pausedAt: 'En pausa desde las {time}',
  goOn: 'Reanudar',
  holdOn: 'Pausar',
  wallMode: 'Modo mural',
  leaveWall: 'Salir del modo mural',
  waitingNow: 'En espera',
  longestWait: 'Espera más larga',
  onHoldCount: '{count} en pausa',
  agentsAreThere: 'Agentes en línea',
  ofAll: 'de {all}',
  freeSlots: 'Plazas libres',
  firstAnswerTodayAverage: 'Primera respuesta hoy, media',
  yesterdayIt: 'ayer {time}',
  ratingToday: 'Valoración hoy',
  load: 'Carga',
  loadHint: 'rayado: espera respuesta',
  firstAnswerToday: 'Primera respuesta',
  chatsToday: 'Chats hoy',
  isAway: 'ausente',
  isOffline: 'desconectado',
  ofOnline: '{there} de {all} en línea',
  queueSentence: 'Cola: {count} en espera, el más largo desde hace {time}',
  answeredAndNot: '{answered} respondidos, {left} no',
  chatsTodaySentence: 'Chats de hoy por hora: {chats}, {answered} de ellos respondidos',
  averageOfHours: 'media de cada hora',
  usualOn: 'lo habitual un {day}',
  oldest: 'La más antigua',
  firstRequestAfterEvent: 'primera petición {time} tras el evento, p95',
  endpointsCount: { one: '{count} endpoint', many: '{count} endpoints', other: '{count} endpoints' },
};

export default es;
