import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const tr: Translation<typeof en> = {
  liveMonitor: 'Canlı izleme',
  liveAt: 'Canlı, {time}',
  pausedAt: 'Duraklatıldı: {time}',
  goOn: 'Sürdür',
  holdOn: 'Duraklat',
  wallMode: 'Duvar ekranı görünümü',
  leaveWall: 'Duvar ekranından çık',
  waitingNow: 'Bekleyen',
  longestWait: 'En uzun bekleme',
  onHoldCount: '{count} beklemede',
  agentsAreThere: 'Çevrimiçi temsilciler',
  ofAll: '/ {all}',
  freeSlots: 'Boş yerler',
  firstAnswerTodayAverage: 'Bugün ilk yanıt, ortalama',
  yesterdayIt: 'dün {time}',
  ratingToday: 'Bugünkü değerlendirme',
  load: 'Yük',
  loadHint: 'çizgili: yanıt bekliyor',
  firstAnswerToday: 'İlk yanıt',
  chatsToday: 'Bugünkü sohbetler',
  isAway: 'uzakta',
  isOffline: 'çevrimdışı',
  ofOnline: '{there}/{all} çevrimiçi',
  queueSentence: 'Sıra: {count} bekliyor, en uzunu {time}',
  answeredAndNot: '{answered} yanıtlandı, {left} yanıtlanmadı',
  chatsTodaySentence: 'Saatlere göre bugünkü sohbetler: {chats}, {answered} tanesi yanıtlandı',
  averageOfHours: 'her saatin ortalaması',
  usualOn: 'olağan: {day}',
  oldest: 'En eskisi',
  firstRequestAfterEvent: 'ilk istek olaydan {time} sonra, p95',
  endpointsCount: { one: '{count} uç nokta', other: '{count} uç nokta' },
};

export default tr;
