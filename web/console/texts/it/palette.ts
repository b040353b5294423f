import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const it: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'Comandi',
  goTo: 'Vai a',
  chatsAndVisitors: 'Chat e visitatori',
  nothingFound: 'Nessun risultato con questo nome.',
  oneOf: '{whole}: {title}',
  aSetting: 'Impostazione',
  settingIsOn: 'Attiva',
  settingIsOff: 'Disattivata',
  chatIsOpen: 'aperta',
  chatIsQueued: 'in coda',
  chatIsHeld: 'in sospeso',
  chatIsOver: 'terminata',
  inQuotes: '“{text}”',
  hintChoose: 'scegli',
  hintDoIt: 'esegui',
  hintNewTab: 'in una nuova scheda',
  hintEverywhere: 'cerca ovunque',
};

export default it;
