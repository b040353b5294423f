import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const pl: Translation<typeof en> = {
  liveMonitor: 'Monitor na żywo',
  liveAt: 'Na żywo, {time}',
  pausedAt: 'Wstrzymano o {time}',
  goOn: 'Wznów',
  holdOn: 'Wstrzymaj',
  wallMode: 'Widok na ścianę',
  leaveWall: 'Zamknij widok na ścianę',
  waitingNow: 'Czekający',
  longestWait: 'Najdłuższe oczekiwanie',
  onHoldCount: 'wstrzymane: {count}',
  agentsAreThere: 'Konsultanci online',
  ofAll: 'z {all}',
  freeSlots: 'Wolne miejsca',
  firstAnswerTodayAverage: 'Pierwsza odpowiedź dzisiaj, średnio',
  yesterdayIt: 'wczoraj {time}',
  ratingToday: 'Ocena dzisiaj',
  load: 'Obciążenie',
  loadHint: 'w paski: wymaga odpowiedzi',
  firstAnswerToday: 'Pierwsza odpowiedź',
  chatsToday: 'Czaty dzisiaj',
  isAway: 'zaraz wraca',
  isOffline: 'offline',
  ofOnline: 'online: {there} z {all}',
  queueSentence: 'Kolejka: czeka {count}, najdłużej {time}',
  answeredAndNot: 'z odpowiedzią {answered}, bez {left}',
  chatsTodaySentence: 'Czaty dzisiaj według godzin: {chats}, z odpowiedzią {answered}',
  averageOfHours: 'średnia z każdej godziny',
  usualOn: 'zwykle: {day}',
  oldest: 'Najstarsze',
  firstRequestAfterEvent: 'pierwsze żądanie {time} po zdarzeniu, p95',
  endpointsCount: {
    one: '{count} endpoint',
    few: '{count} endpointy',
    many: '{count} endpointów',
    other: '{count} endpointu',
  },
};

export default pl;
