import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const nl: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'Niet opgeslagen: controleer {fields}.',
  fieldNeeded: 'Dit mag niet leeg zijn.',
  fieldNoEmail: 'Dit is geen e-mailadres.',
  fieldNoUrl: 'Dit is geen webadres. Het begint met https:// of http://.',
  fieldNoPattern: 'Dit is geen reguliere expressie.',
  fieldNoNumber: 'Dit moet een getal zijn, {least} of meer.',
  fieldNotTaken: 'De server accepteert dit niet.',
  fieldInUse: 'Dit is al in gebruik.',
  fieldLetters: 'Alleen letters, cijfers, koppeltekens en onderstrepingstekens.',
  fieldOtherUnit: 'Een van deze afdelingen zit al in een andere eenheid.',
  deletedMeanwhile: 'Niet opgeslagen: iemand anders heeft dit intussen verwijderd.',
  deletedMeanwhileBy: 'Niet opgeslagen: {name} heeft dit om {time} verwijderd.',

  // What somebody else has changed meanwhile.
  compare: 'Vergelijken',
  theirVersion: 'Op de server',
  yourVersion: 'Van u',
  takeTheirs: 'Die van de server behouden',
  saveMine: 'Die van mij eroverheen opslaan',
  isOn: 'Aan',
  isOff: 'Uit',
  changedMeanwhile: 'Niet opgeslagen: iemand anders heeft dit intussen gewijzigd.',
  changedMeanwhileBy: 'Niet opgeslagen: {name} heeft dit om {time} gewijzigd.',
};

export default nl;
