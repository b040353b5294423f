import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const ptBR: Translation<typeof en> = {
  // Canned responses.
  newCanned: 'Nova resposta pronta',
  shortcut: 'Atalho',
  shortcutHelp: 'Digitado depois de uma barra na caixa de entrada.',
  answerText: 'Texto',
  forWhom: 'Para',
  forOneself: 'Só para o dono',
  forDepartment: 'Um departamento',
  forEverybody: 'Todos',
  uses: 'Usos',
  findCanned: 'Atalho, palavra ou tag',
  noCannedYet: 'Nenhuma resposta pronta ainda',
  noCannedYetMore: 'Respostas de que se precisa sempre, prontas atrás de uma barra na caixa de entrada.',
  placesInText: 'Inserir o que se sabe do chat',
  asVisitorReads: 'O que o visitante lê',
  nothingWritten: 'Nada escrito ainda.',
  noSuchPlaces: 'Nada pode ser preenchido para {places}. O visitante lê como está aqui.',
  cannedDepartment: 'Escolha um departamento',
  cannedTagsHelp: 'Os atendentes também a encontram por estas palavras.',
  notYoursToChange: 'Você pode usar esta resposta, mas não alterá-la.',
  removeCannedMore: 'Os atendentes não a encontrarão mais. As mensagens enviadas com ela ficam.',

  // Tags.
  newTag: 'Nova tag',
  offeredIn: 'Oferecida em',
  offeredInHelp: 'Sem escolha, é oferecida a atendentes de todos os departamentos.',
  tagEverywhere: 'Todos os departamentos',
  departmentGone: 'Um departamento excluído',
  findTags: 'Nome ou departamento',
  noTagsYet: 'Nenhuma tag ainda',
  noTagsYetMore: 'As tags dizem do que tratou um chat. Elas são oferecidas aos atendentes ao encerrá-lo.',
  removeTagMore: 'Ela não é mais oferecida. Os chats que a têm ficam com ela.',
};

export default ptBR;
