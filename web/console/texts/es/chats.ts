import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const es: Translation<typeof en> = {
  // All chats.
  visitorName: 'Visitante',
  searchChats: 'Palabras, nombres, direcciones',
  stateOpen: 'Abierto',
  stateQueued: 'En la cola',
  stateHeld: 'En pausa',
  stateClosed: 'Cerrado',
  anyDepartment: 'Cualquier departamento',
  anyAgent: 'Cualquier agente',
  fromDay: 'Desde',
  untilDay: 'Hasta',
  startedAt: 'Inicio',
  lasted: 'Duración',
  messagesCount: 'Mensajes',
  foundOf: '{count} de {total}',
  foundSoFar: '{count} hasta aquí',
  wordsMissing: 'Los mensajes anteriores aún se están indexando: aquí pueden faltar chats.',
  customField: 'Campo personalizado',
  noChatsYet: 'Todavía no hay chats',
  noChatsYetMore: 'Todos los chats que ha habido se encuentran en esta página.',
  noChatsMatch: 'Ningún chat coincide',
  noChatsMatchMore: 'Ningún chat cumple todo esto: {filters}.',
  searchInChat: 'Buscar en este chat',
  nothingSaid: 'Nadie escribió eso.',
  savedViews: 'Vistas guardadas',
  saveView: 'Guardar como vista',
  viewName: 'Nombre de la vista',

  // The filter of the inbox.
  anyTag: 'Cualquier etiqueta',
  channelOfChat: 'Canal',
  anyChannel: 'Cualquier canal',
  channelWidget: 'Sitio web',
  channelEmail: 'Correo',
  channelSms: 'SMS',
  channelApi: 'API',
  anyPriority: 'Cualquier prioridad',
  sortBy: 'Orden',
  sortUsual: 'Orden habitual',
  sortLatest: 'Más recientes primero',
  sortOldest: 'Más antiguos primero',
  sortUrgent: 'Más urgentes primero',
};

export default es;
