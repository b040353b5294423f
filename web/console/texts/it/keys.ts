import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const it: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: 'Ovunque',
  keyKeys: 'mostra tutti i tasti',
  keyInbox: 'vai alla posta in arrivo',
  keySave: 'salva',
  keyAvailable: 'disponibile o assente',
  keyUndo: 'annulla',
  keyBack: 'indietro, chiudi',
  keysInbox: 'Posta in arrivo',
  keyOpen: 'entra nella chat',
  keyTake: 'prendi questa chat o la prossima',
  keyReturn: 'rimetti in coda',
  keyHold: 'metti in sospeso, riprendi',
  keyTags: 'tag',
  keyVisitor: 'il visitatore',
  keyDeliveries: 'webhook della chat',
  keyList: 'mostra o nascondi l’elenco',
  keyDetails: 'mostra o nascondi i dettagli',
  keysComposer: 'Risposta',
  keySend: 'invia',
  keyNewLine: 'nuova riga',
  keySendClose: 'invia e termina',
  keyMention: 'avvisa un collega, in una nota',
  keyEdit: 'modifica l’ultimo messaggio',
  keyToList: 'all’elenco, il testo resta',
  keysTables: 'Tabelle',
  keyRows: 'riga successiva, precedente',
  keyOpenRow: 'apri la riga',
  keyNewRow: 'crea nuovo',
  keyChooseRow: 'seleziona la riga',
  keyResend: 'invia di nuovo',
  keyCurl: 'copia come curl',
  keyPause: 'sospendi, riprendi',
  keysDialogs: 'Finestre di dialogo',
  keyDoIt: 'conferma',
  keyCancel: 'annulla',
};

export default it;
