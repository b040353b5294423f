import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const ptBR: Translation<typeof en> = {
  // All chats.
  visitorName: 'Visitante',
  searchChats: 'Palavras, nomes, endereços',
  stateOpen: 'Aberto',
  stateQueued: 'Na fila',
  stateHeld: 'Em espera',
  stateClosed: 'Encerrado',
  anyDepartment: 'Qualquer departamento',
  anyAgent: 'Qualquer atendente',
  fromDay: 'De',
  untilDay: 'Até',
  startedAt: 'Início',
  lasted: 'Duração',
  messagesCount: 'Mensagens',
  foundOf: '{count} de {total}',
  foundSoFar: '{count} até aqui',
  wordsMissing: 'As mensagens anteriores ainda estão sendo indexadas: podem faltar chats aqui.',
  customField: 'Campo personalizado',
  noChatsYet: 'Nenhum chat ainda',
  noChatsYetMore: 'Todo chat que já passou por aqui pode ser encontrado nesta página.',
  noChatsMatch: 'Nenhum chat corresponde',
  noChatsMatchMore: 'Nenhum chat tem tudo isto: {filters}.',
  searchInChat: 'Buscar neste chat',
  nothingSaid: 'Ninguém escreveu isso.',
  savedViews: 'Visualizações salvas',
  saveView: 'Salvar como visualização',
  viewName: 'Nome da visualização',

  // The filter of the inbox.
  anyTag: 'Qualquer tag',
  channelOfChat: 'Canal',
  anyChannel: 'Qualquer canal',
  channelWidget: 'Site',
  channelEmail: 'E-mail',
  channelSms: 'SMS',
  channelApi: 'API',
  anyPriority: 'Qualquer prioridade',
  sortBy: 'Ordem',
  sortUsual: 'Ordem habitual',
  sortLatest: 'Mais recentes primeiro',
  sortOldest: 'Mais antigos primeiro',
  sortUrgent: 'Mais urgentes primeiro',
};

export default ptBR;
