import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const es: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'No guardado: revisa {fields}.',
  fieldNeeded: 'Esto no puede quedar vacío.',
  fieldNoEmail: 'Esto no es una dirección de correo electrónico.',
  fieldNoUrl: 'Esto no es una dirección web. Empieza por https:// o http://.',
  fieldNoPattern: 'Esto no es una expresión regular.',
  fieldNoNumber: 'Tiene que ser un número, {least} o más.',
  fieldNotTaken: 'El servidor no acepta esto.',
  fieldInUse: 'Esto ya está en uso.',
  fieldLetters: 'Solo letras, cifras, guiones y guiones bajos.',
  fieldOtherUnit: 'Uno de estos departamentos ya está en otra unidad.',
  deletedMeanwhile: 'No guardado: otra persona lo eliminó entretanto.',
  deletedMeanwhileBy: 'No guardado: {name} lo eliminó a las {time}.',

  // What somebody else has changed meanwhile.
  compare: 'Comparar',
  theirVersion: 'La otra versión',
  yourVersion: 'La tuya',
  takeTheirs: 'Quedarse con la otra',
  saveMine: 'Guardar la mía encima',
  isOn: 'Activado',
  isOff: 'Desactivado',
  changedMeanwhile: 'No guardado: otra persona lo cambió entretanto.',
  changedMeanwhileBy: 'No guardado: {name} lo cambió a las {time}.',
};

export default es;
