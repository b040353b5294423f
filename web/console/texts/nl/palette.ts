import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const nl: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'Opdrachten',
  goTo: 'Ga naar',
  chatsAndVisitors: 'Chats en bezoekers',
  nothingFound: 'Niets met deze naam.',
  oneOf: '{whole}: {title}',
  aSetting: 'Instelling',
  settingIsOn: 'Aan',
  settingIsOff: 'Uit',
  chatIsOpen: 'open',
  chatIsQueued: 'in de wachtrij',
  chatIsHeld: 'in de wacht',
  chatIsOver: 'beëindigd',
  inQuotes: '‘{text}’',
  hintChoose: 'kiezen',
  hintDoIt: 'uitvoeren',
  hintNewTab: 'in een nieuw tabblad',
  hintEverywhere: 'overal zoeken',
};

export default nl;
