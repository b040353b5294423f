import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const fr: Translation<typeof en> = {
  // All chats.
  visitorName: 'Visiteur',
  searchChats: 'Mots, noms, adresses',
  stateOpen: 'Ouverte',
  stateQueued: 'Dans la file d’attente',
  stateHeld: 'En pause',
  stateClosed: 'Fermée',
  anyDepartment: 'Tous les services',
  anyAgent: 'Tous les agents',
  fromDay: 'Du',
  untilDay: 'Au',
  startedAt: 'Début',
  lasted: 'Durée',
  messagesCount: 'Messages',
  foundOf: '{count} sur {total}',
  foundSoFar: '{count} jusqu’ici',
  wordsMissing: 'Les anciens messages sont encore en cours d’indexation : des conversations peuvent manquer ici.',
  customField: 'Champ personnalisé',
  noChatsYet: 'Pas encore de conversation',
  noChatsYetMore: 'Toutes les conversations passées se retrouvent sur cette page.',
  noChatsMatch: 'Aucune conversation ne correspond',
  noChatsMatchMore: 'Aucune conversation ne réunit tout cela : {filters}.',
  searchInChat: 'Rechercher dans cette conversation',
  nothingSaid: 'Personne n’a écrit cela.',
  savedViews: 'Vues enregistrées',
  saveView: 'Enregistrer comme vue',
  viewName: 'Nom de la vue',

  // The filter of the inbox.
  anyTag: 'Toutes les étiquettes',
  channelOfChat: 'Canal',
  anyChannel: 'Tous les canaux',
  channelWidget: 'Site web',
  channelEmail: 'E-mail',
  channelSms: 'SMS',
  channelApi: 'API',
  anyPriority: 'Toutes les priorités',
  sortBy: 'Tri',
  sortUsual: 'Ordre habituel',
  sortLatest: 'Plus récentes d’abord',
  sortOldest: 'Plus anciennes d’abord',
  sortUrgent: 'Plus urgentes d’abord',
};

export default fr;
