import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'Befehle',
  goTo: 'Gehe zu',
  chatsAndVisitors: 'Chats und Besucher',
  nothingFound: 'Nichts heißt so.',
  oneOf: '{whole}: {title}',
  aSetting: 'Einstellung',
  settingIsOn: 'An',
  settingIsOff: 'Aus',
  chatIsOpen: 'offen',
  chatIsQueued: 'in der Warteschlange',
  chatIsHeld: 'zurückgestellt',
  chatIsOver: 'geschlossen',
  inQuotes: '„{text}“',
  hintChoose: 'wählen',
  hintDoIt: 'ausführen',
  hintNewTab: 'in neuem Tab',
  hintEverywhere: 'überall suchen',
};

export default de;
