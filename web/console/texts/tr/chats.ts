import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const tr: Translation<typeof en> = {
  // All chats.
  visitorName: 'Ziyaretçi',
  searchChats: 'Sözcükler, adlar, adresler',
  stateOpen: 'Açık',
  stateQueued: 'Sırada',
  stateHeld: 'Beklemede',
  stateClosed: 'Sona erdi',
  anyDepartment: 'Herhangi bir departman',
  anyAgent: 'Herhangi bir temsilci',
  fromDay: 'Başlangıç',
  untilDay: 'Bitiş',
  startedAt: 'Başlangıç zamanı',
  lasted: 'Süre',
  messagesCount: 'Mesajlar',
  foundOf: '{count}/{total}',
  foundSoFar: 'Şu ana kadar {count}',
  wordsMissing: 'Eski mesajlar hâlâ okunuyor: burada bazı sohbetler eksik olabilir.',
  customField: 'Özel alan',
  noChatsYet: 'Henüz sohbet yok',
  noChatsYetMore: 'Buradaki her sohbet bu sayfada bulunabilir.',
  noChatsMatch: 'Eşleşen sohbet yok',
  noChatsMatchMore: 'Bunların hepsine uyan sohbet yok: {filters}.',
  searchInChat: 'Bu sohbette ara',
  nothingSaid: 'Bunu kimse yazmadı.',
  savedViews: 'Kayıtlı görünümler',
  saveView: 'Görünüm olarak kaydet',
  viewName: 'Görünümün adı',

  // The filter of the inbox.
  anyTag: 'Herhangi bir etiket',
  channelOfChat: 'Kanal',
  anyChannel: 'Herhangi bir kanal',
  channelWidget: 'Web sitesi',
  channelEmail: 'E-posta',
  channelSms: 'SMS',
  channelApi: 'API',
  anyPriority: 'Herhangi bir öncelik',
  sortBy: 'Sıralama',
  sortUsual: 'Her zamanki gibi',
  sortLatest: 'Önce en yeniler',
  sortOldest: 'Önce en eskiler',
  sortUrgent: 'Önce en aciller',
};

export default tr;
