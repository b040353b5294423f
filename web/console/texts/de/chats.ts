import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  // All chats.
  visitorName: 'Besucher',
  searchChats: 'Wörter, Namen, Adressen',
  stateOpen: 'Offen',
  stateQueued: 'In der Warteschlange',
  stateHeld: 'Zurückgestellt',
  stateClosed: 'Geschlossen',
  anyDepartment: 'Jede Abteilung',
  anyAgent: 'Jeder Agent',
  fromDay: 'Von',
  untilDay: 'Bis',
  startedAt: 'Begonnen',
  lasted: 'Dauer',
  messagesCount: 'Nachrichten',
  foundOf: '{count} von {total}',
  foundSoFar: '{count} bis hierher',
  wordsMissing: 'Frühere Nachrichten werden noch eingelesen: Hier können Chats fehlen.',
  customField: 'Eigenes Feld',
  noChatsYet: 'Noch keine Chats',
  noChatsYetMore: 'Auf dieser Seite ist jeder Chat zu finden, den es hier gab.',
  noChatsMatch: 'Keine Chats passen',
  noChatsMatchMore: 'Kein Chat hat all das: {filters}.',
  searchInChat: 'In diesem Chat suchen',
  nothingSaid: 'Das hat niemand geschrieben.',
  savedViews: 'Gespeicherte Ansichten',
  saveView: 'Als Ansicht speichern',
  viewName: 'Name der Ansicht',

  // The filter of the inbox.
  anyTag: 'Jeder Tag',
  channelOfChat: 'Kanal',
  anyChannel: 'Jeder Kanal',
  channelWidget: 'Website',
  channelEmail: 'E-Mail',
  channelSms: 'SMS',
  channelApi: 'API',
  anyPriority: 'Jede Priorität',
  sortBy: 'Reihenfolge',
  sortUsual: 'Wie üblich',
  sortLatest: 'Neueste zuerst',
  sortOldest: 'Älteste zuerst',
  sortUrgent: 'Dringendste zuerst',
};

export default de;
