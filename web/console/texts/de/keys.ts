import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: 'Überall',
  keyKeys: 'alle Tasten zeigen',
  keyInbox: 'zum Posteingang',
  keySave: 'speichern',
  keyAvailable: 'verfügbar oder abwesend',
  keyUndo: 'rückgängig',
  keyBack: 'zurück, schließen',
  keysInbox: 'Posteingang',
  keyOpen: 'in den Chat',
  keyTake: 'diesen oder den nächsten Chat annehmen',
  keyReturn: 'zurück in die Warteschlange',
  keyHold: 'zurückstellen, fortsetzen',
  keyTags: 'Tags',
  keyVisitor: 'der Besucher',
  keyDeliveries: 'Webhooks des Chats',
  keyList: 'Liste zeigen oder verbergen',
  keyDetails: 'Details ein- und ausblenden',
  keysComposer: 'Antwort',
  keySend: 'senden',
  keyNewLine: 'neue Zeile',
  keySendClose: 'senden und schließen',
  keyMention: 'jemandem Bescheid sagen, in einer Notiz',
  keyEdit: 'letzte Nachricht bearbeiten',
  keyToList: 'zur Liste, der Text bleibt',
  keysTables: 'Tabellen',
  keyRows: 'nächste, vorige Zeile',
  keyOpenRow: 'Zeile öffnen',
  keyNewRow: 'Neues anlegen',
  keyChooseRow: 'Zeile auswählen',
  keyResend: 'erneut senden',
  keyCurl: 'als curl kopieren',
  keyPause: 'anhalten, fortsetzen',
  keysDialogs: 'Dialoge',
  keyDoIt: 'ausführen',
  keyCancel: 'abbrechen',
};

export default de;
