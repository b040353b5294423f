import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const nl: Translation<typeof en> = {
  // All chats.
  visitorName: 'Bezoeker',
  searchChats: 'Woorden, namen, adressen',
  stateOpen: 'Open',
  stateQueued: 'In de wachtrij',
  stateHeld: 'In de wacht',
  stateClosed: 'Beëindigd',
  anyDepartment: 'Elke afdeling',
  anyAgent: 'Elke medewerker',
  fromDay: 'Van',
  untilDay: 'Tot en met',
  startedAt: 'Begonnen',
  lasted: 'Duur',
  messagesCount: 'Berichten',
  foundOf: '{count} van {total}',
  foundSoFar: '{count} tot nu toe',
  wordsMissing: 'Eerdere berichten worden nog ingelezen: er kunnen hier chats ontbreken.',
  customField: 'Eigen veld',
  noChatsYet: 'Nog geen chats',
  noChatsYetMore: 'Elke chat die hier ooit was, is op deze pagina te vinden.',
  noChatsMatch: 'Geen chats gevonden',
  noChatsMatchMore: 'Geen chat heeft dit allemaal: {filters}.',
  searchInChat: 'Zoeken in deze chat',
  nothingSaid: 'Niemand heeft dit geschreven.',
  savedViews: 'Opgeslagen weergaven',
  saveView: 'Opslaan als weergave',
  viewName: 'Naam van de weergave',

  // The filter of the inbox.
  anyTag: 'Elke tag',
  channelOfChat: 'Kanaal',
  anyChannel: 'Elk kanaal',
  channelWidget: 'Website',
  channelEmail: 'E-mail',
  channelSms: 'Sms',
  channelApi: 'API',
  anyPriority: 'Elke prioriteit',
  sortBy: 'Volgorde',
  sortUsual: 'Zoals gewoonlijk',
  sortLatest: 'Nieuwste eerst',
  sortOldest: 'Oudste eerst',
  sortUrgent: 'Meest urgente eerst',
};

export default nl;
