import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const pl: Translation<typeof en> = {
  // All chats.
  visitorName: 'Odwiedzający',
  searchChats: 'Słowa, nazwy, adresy',
  stateOpen: 'Otwarty',
  stateQueued: 'W kolejce',
  stateHeld: 'Wstrzymany',
  stateClosed: 'Zakończony',
  anyDepartment: 'Dowolny dział',
  anyAgent: 'Dowolny konsultant',
  fromDay: 'Od',
  untilDay: 'Do',
  startedAt: 'Rozpoczęty',
  lasted: 'Czas trwania',
  messagesCount: 'Wiadomości',
  foundOf: '{count} z {total}',
  foundSoFar: 'Dotąd: {count}',
  wordsMissing: 'Wcześniejsze wiadomości są jeszcze wczytywane: może tu brakować czatów.',
  customField: 'Pole własne',
  noChatsYet: 'Nie ma jeszcze czatów',
  noChatsYetMore: 'Na tej stronie można znaleźć każdy czat, jaki się tu odbył.',
  noChatsMatch: 'Brak pasujących czatów',
  noChatsMatchMore: 'Żaden czat nie spełnia tego wszystkiego: {filters}.',
  searchInChat: 'Szukaj w tym czacie',
  nothingSaid: 'Nikt tego nie napisał.',
  savedViews: 'Zapisane widoki',
  saveView: 'Zapisz jako widok',
  viewName: 'Nazwa widoku',

  // The filter of the inbox.
  anyTag: 'Dowolny tag',
  channelOfChat: 'Kanał',
  anyChannel: 'Dowolny kanał',
  channelWidget: 'Strona WWW',
  channelEmail: 'E-mail',
  channelSms: 'SMS',
  channelApi: 'API',
  anyPriority: 'Dowolny priorytet',
  sortBy: 'Kolejność',
  sortUsual: 'Jak zwykle',
  sortLatest: 'Od najnowszych',
  sortOldest: 'Od najstarszych',
  sortUrgent: 'Od najpilniejszych',
};

export default pl;
