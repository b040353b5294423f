import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const es: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'Órdenes',
  goTo: 'Ir a',
  chatsAndVisitors: 'Chats y visitantes',
  nothingFound: 'Nada tiene ese nombre.',
  oneOf: '{whole}: {title}',
  aSetting: 'Ajuste',
  settingIsOn: 'Activado',
  settingIsOff: 'Desactivado',
  chatIsOpen: 'abierto',
  chatIsQueued: 'en la cola',
  chatIsHeld: 'en pausa',
  chatIsOver: 'cerrado',
  inQuotes: '«{text}»',
  hintChoose: 'elegir',
  hintDoIt: 'ejecutar',
  hintNewTab: 'en otra pestaña',
  hintEverywhere: 'buscar en todas partes',
};

export default es;
