import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const it: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'Non salvato: controlla {fields}.',
  fieldNeeded: 'Questo campo non può restare vuoto.',
  fieldNoEmail: 'Questo non è un indirizzo e-mail.',
  fieldNoUrl: 'Questo non è un indirizzo web. Inizia con https:// o http://.',
  fieldNoPattern: 'Questa non è un’espressione regolare.',
  fieldNoNumber: 'Deve essere un numero, {least} o più.',
  fieldNotTaken: 'Il server non accetta questo valore.',
  fieldInUse: 'È già in uso.',
  fieldLetters: 'Solo lettere, cifre, trattini e trattini bassi.',
  fieldOtherUnit: 'Uno di questi reparti è già in un’altra unità.',
  deletedMeanwhile: 'Non salvato: nel frattempo qualcun altro ha eliminato questi dati.',
  deletedMeanwhileBy: 'Non salvato: {name} ha eliminato questi dati alle {time}.',

  // What somebody else has changed meanwhile.
  compare: 'Confronta',
  theirVersion: 'Sul server',
  yourVersion: 'Da te',
  takeTheirs: 'Mantieni la versione sul server',
  saveMine: 'Sovrascrivi con la mia',
  isOn: 'Attivo',
  isOff: 'Disattivato',
  changedMeanwhile: 'Non salvato: nel frattempo qualcun altro ha modificato questi dati.',
  changedMeanwhileBy: 'Non salvato: {name} ha modificato questi dati alle {time}.',
};

export default it;
