import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const fr: Translation<typeof en> = {
  // Canned responses.
  newCanned: 'Nouvelle réponse prédéfinie',
  shortcut: 'Raccourci',
  shortcutHelp: 'Se tape après une barre oblique dans la boîte de réception.',
  answerText: 'Texte',
  forWhom: 'Pour',
  forOneself: 'Son propriétaire seulement',
  forDepartment: 'Un service',
  forEverybody: 'Tout le monde',
  uses: 'Utilisations',
  findCanned: 'Raccourci, mot ou étiquette',
  noCannedYet: 'Pas encore de réponses prédéfinies',
  noCannedYetMore: 'Des réponses qui servent sans cesse, à portée de main derrière une barre oblique dans la boîte de réception.',
  placesInText: 'Insérer ce que l’on sait de la conversation',
  asVisitorReads: 'Ce que lit le visiteur',
  nothingWritten: 'Rien n’est encore écrit.',
  noSuchPlaces: 'Rien ne peut remplacer {places}. Le visiteur le lit tel quel.',
  cannedDepartment: 'Choisir un service',
  cannedTagsHelp: 'Les agents la trouvent aussi avec ces mots.',
  notYoursToChange: 'Vous pouvez utiliser cette réponse, mais pas la modifier.',
  removeCannedMore: 'Les agents ne la trouveront plus. Les messages envoyés avec elle restent.',

  // Tags.
  newTag: 'Nouvelle étiquette',
  offeredIn: 'Proposée dans',
  offeredInHelp: 'Sans choix, elle est proposée dans tous les services.',
  tagEverywhere: 'Tous les services',
  departmentGone: 'Un service supprimé',
  findTags: 'Nom ou service',
  noTagsYet: 'Pas encore d’étiquettes',
  noTagsYetMore: 'Les étiquettes disent de quoi parlait une conversation. Elles sont proposées aux agents à la fermeture.',
  removeTagMore: 'Elle n’est plus proposée. Les conversations qui l’ont la gardent.',
};

export default fr;
