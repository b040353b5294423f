import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const fr: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'Commandes',
  goTo: 'Aller à',
  chatsAndVisitors: 'Conversations et visiteurs',
  nothingFound: 'Rien ne porte ce nom.',
  oneOf: '{whole} : {title}',
  aSetting: 'Paramètre',
  settingIsOn: 'Activé',
  settingIsOff: 'Désactivé',
  chatIsOpen: 'ouverte',
  chatIsQueued: 'dans la file d’attente',
  chatIsHeld: 'en pause',
  chatIsOver: 'fermée',
  inQuotes: '« {text} »',
  hintChoose: 'choisir',
  hintDoIt: 'exécuter',
  hintNewTab: 'dans un nouvel onglet',
  hintEverywhere: 'chercher partout',
};

export default fr;
