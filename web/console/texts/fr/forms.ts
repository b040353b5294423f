import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const fr: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'Non enregistré : vérifiez {fields}.',
  fieldNeeded: 'Ce champ ne peut pas rester vide.',
  fieldNoEmail: 'Ce n’est pas une adresse e-mail.',
  fieldNoUrl: 'Ce n’est pas une adresse web. Elle commence par https:// ou http://.',
  fieldNoPattern: 'Ce n’est pas une expression régulière.',
  fieldNoNumber: 'Il faut un nombre, {least} ou plus.',
  fieldNotTaken: 'Le serveur n’accepte pas cette valeur.',
  fieldInUse: 'C’est déjà utilisé.',
  fieldLetters: 'Seulement des lettres, des chiffres, des tirets et des tirets bas.',
  fieldOtherUnit: 'Un de ces départements fait déjà partie d’une autre unité.',
  deletedMeanwhile: 'Non enregistré : quelqu’un d’autre l’a supprimé entre-temps.',
  deletedMeanwhileBy: 'Non enregistré : {name} l’a supprimé à {time}.',

  // What somebody else has changed meanwhile.
  compare: 'Comparer',
  theirVersion: 'Version en place',
  yourVersion: 'La vôtre',
  takeTheirs: 'Garder la version en place',
  saveMine: 'Enregistrer la mienne par-dessus',
  isOn: 'Activé',
  isOff: 'Désactivé',
  changedMeanwhile: 'Non enregistré : quelqu’un d’autre l’a modifié entre-temps.',
  changedMeanwhileBy: 'Non enregistré : {name} l’a modifié à {time}.',
};

export default fr;
