import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const nl: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: 'Overal',
  keyKeys: 'alle toetsen tonen',
  keyInbox: 'naar de inbox',
  keySave: 'opslaan',
  keyAvailable: 'beschikbaar of afwezig',
  keyUndo: 'ongedaan maken',
  keyBack: 'terug, sluiten',
  keysInbox: 'Inbox',
  keyOpen: 'de chat in',
  keyTake: 'deze chat aannemen, of de volgende',
  keyReturn: 'terug naar de wachtrij',
  keyHold: 'in de wacht zetten, hervatten',
  keyTags: 'tags',
  keyVisitor: 'de bezoeker',
  keyDeliveries: 'webhooks van de chat',
  keyList: 'lijst tonen of verbergen',
  keyDetails: 'details tonen of verbergen',
  keysComposer: 'Antwoord',
  keySend: 'versturen',
  keyNewLine: 'nieuwe regel',
  keySendClose: 'versturen en beëindigen',
  keyMention: 'een collega inseinen, in een notitie',
  keyEdit: 'laatste bericht bewerken',
  keyToList: 'naar de lijst, de tekst blijft',
  keysTables: 'Tabellen',
  keyRows: 'volgende, vorige rij',
  keyOpenRow: 'rij openen',
  keyNewRow: 'nieuw maken',
  keyChooseRow: 'rij selecteren',
  keyResend: 'opnieuw verzenden',
  keyCurl: 'kopiëren als curl',
  keyPause: 'pauzeren, hervatten',
  keysDialogs: 'Dialoogvensters',
  keyDoIt: 'uitvoeren',
  keyCancel: 'annuleren',
};

export default nl;
