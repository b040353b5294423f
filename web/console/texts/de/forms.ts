import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'Nicht gespeichert: Sehen Sie nach bei {fields}.',
  fieldNeeded: 'Das darf nicht leer sein.',
  fieldNoEmail: 'Das ist keine E-Mail-Adresse.',
  fieldNoUrl: 'Das ist keine Webadresse. Sie beginnt mit https:// oder http://.',
  fieldNoPattern: 'Das ist kein regulärer Ausdruck.',
  fieldNoNumber: 'Das muss eine Zahl sein, {least} oder mehr.',
  fieldNotTaken: 'Der Server nimmt das nicht an.',
  fieldInUse: 'Das ist schon vergeben.',
  fieldLetters: 'Nur Buchstaben, Ziffern, Bindestriche und Unterstriche.',
  fieldOtherUnit: 'Eine dieser Abteilungen gehört schon zu einer anderen Einheit.',
  deletedMeanwhile: 'Nicht gespeichert: Jemand anders hat es inzwischen gelöscht.',
  deletedMeanwhileBy: 'Nicht gespeichert: {name} hat es um {time} gelöscht.',

  // What somebody else has changed meanwhile.
  compare: 'Vergleichen',
  theirVersion: 'Auf dem Server',
  yourVersion: 'Von Ihnen',
  takeTheirs: 'Stand des Servers behalten',
  saveMine: 'Meines darüber speichern',
  isOn: 'An',
  isOff: 'Aus',
  changedMeanwhile: 'Nicht gespeichert: Jemand anders hat es inzwischen geändert.',
  changedMeanwhileBy: 'Nicht gespeichert: {name} hat es um {time} geändert.',
};

export default de;
