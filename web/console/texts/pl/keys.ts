import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const pl: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: 'Wszędzie',
  keyKeys: 'pokaż wszystkie klawisze',
  keyInbox: 'do skrzynki odbiorczej',
  keySave: 'zapisz',
  keyAvailable: 'dostępny lub zaraz wracam',
  keyUndo: 'cofnij',
  keyBack: 'wstecz, zamknij',
  keysInbox: 'Skrzynka odbiorcza',
  keyOpen: 'do czatu',
  keyTake: 'przejmij ten czat albo następny',
  keyReturn: 'zwróć do kolejki',
  keyHold: 'wstrzymaj, wznów',
  keyTags: 'tagi',
  keyVisitor: 'odwiedzający',
  keyDeliveries: 'webhooki czatu',
  keyList: 'pokaż lub ukryj listę',
  keyDetails: 'pokaż lub ukryj szczegóły',
  keysComposer: 'Odpowiedź',
  keySend: 'wyślij',
  keyNewLine: 'nowy wiersz',
  keySendClose: 'wyślij i zakończ',
  keyMention: 'powiadom kogoś z zespołu, w notatce',
  keyEdit: 'edytuj ostatnią wiadomość',
  keyToList: 'do listy, tekst zostaje',
  keysTables: 'Tabele',
  keyRows: 'następny, poprzedni wiersz',
  keyOpenRow: 'otwórz wiersz',
  keyNewRow: 'utwórz nowy',
  keyChooseRow: 'zaznacz wiersz',
  keyResend: 'wyślij ponownie',
  keyCurl: 'kopiuj jako curl',
  keyPause: 'wstrzymaj, wznów',
  keysDialogs: 'Okna dialogowe',
  keyDoIt: 'wykonaj',
  keyCancel: 'anuluj',
};

export default pl;
