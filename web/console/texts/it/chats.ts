import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const it: Translation<typeof en> = {
  // All chats.
  visitorName: 'Visitatore',
  searchChats: 'Parole, nomi, indirizzi',
  stateOpen: 'Aperta',
  stateQueued: 'In coda',
  stateHeld: 'In sospeso',
  stateClosed: 'Terminata',
  anyDepartment: 'Qualsiasi reparto',
  anyAgent: 'Qualsiasi operatore',
  fromDay: 'Dal',
  untilDay: 'Al',
  startedAt: 'Inizio',
  lasted: 'Durata',
  messagesCount: 'Messaggi',
  foundOf: '{count} di {total}',
  foundSoFar: '{count} finora',
  wordsMissing: 'I messaggi precedenti sono ancora in fase di indicizzazione: qui possono mancare delle chat.',
  customField: 'Campo personalizzato',
  noChatsYet: 'Ancora nessuna chat',
  noChatsYetMore: 'In questa pagina si trovano tutte le chat avvenute qui.',
  noChatsMatch: 'Nessuna chat corrisponde',
  noChatsMatchMore: 'Nessuna chat ha tutto questo: {filters}.',
  searchInChat: 'Cerca in questa chat',
  nothingSaid: 'Nessuno ha scritto questo.',
  savedViews: 'Viste salvate',
  saveView: 'Salva come vista',
  viewName: 'Nome della vista',

  // The filter of the inbox.
  anyTag: 'Qualsiasi tag',
  channelOfChat: 'Canale',
  anyChannel: 'Qualsiasi canale',
  channelWidget: 'Sito web',
  channelEmail: 'E-mail',
  channelSms: 'SMS',
  channelApi: 'API',
  anyPriority: 'Qualsiasi priorità',
  sortBy: 'Ordine',
  sortUsual: 'Ordine abituale',
  sortLatest: 'Prima le più recenti',
  sortOldest: 'Prima le meno recenti',
  sortUrgent: 'Prima le più urgenti',
};

export default it;
