import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const ptBR: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'Comandos',
  goTo: 'Ir para',
  chatsAndVisitors: 'Chats e visitantes',
  nothingFound: 'Nada com esse nome.',
  oneOf: '{whole}: {title}',
  aSetting: 'Configuração',
  settingIsOn: 'Ativado',
  settingIsOff: 'Desativado',
  chatIsOpen: 'aberto',
  chatIsQueued: 'na fila',
  chatIsHeld: 'em espera',
  chatIsOver: 'encerrado',
  inQuotes: '“{text}”',
  hintChoose: 'escolher',
  hintDoIt: 'executar',
  hintNewTab: 'em nova aba',
  hintEverywhere: 'buscar em tudo',
};

export default ptBR;
