import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const it: Translation<typeof en> = {
  // All chats.
  visitorName: 'Visitatore',
  searchVisitors: 'Nome del visitatore',
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
  noChatsYet: 'Ancora nessuna chat',
  noChatsYetMore: 'In questa pagina si trovano tutte le chat avvenute qui.',
  noChatsMatch: 'Nessuna chat corrisponde',
  noChatsMatchMore: 'Nessuna chat ha tutto questo: {filters}.',
  searchInChat: 'Cerca in questa chat',
  nothingSaid: 'Nessuno ha scritto questo.',
  savedViews: 'Viste salvate',
  saveView: 'Salva come vista',
  viewName: 'Nome della vista',
};

export default it;
