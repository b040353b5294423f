import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const it: Translation<typeof en> = {
  // Canned responses.
  newCanned: 'Nuova risposta predefinita',
  shortcut: 'Scorciatoia',
  shortcutHelp: 'Si digita dopo una barra nella posta in arrivo.',
  answerText: 'Testo',
  forWhom: 'Per',
  forOneself: 'Solo per chi l’ha creata',
  forDepartment: 'Un reparto',
  forEverybody: 'Tutti',
  uses: 'Utilizzi',
  findCanned: 'Scorciatoia, parola o tag',
  noCannedYet: 'Ancora nessuna risposta predefinita',
  noCannedYetMore: 'Risposte che servono di continuo, pronte dietro una barra nella posta in arrivo.',
  placesInText: 'Inserisci ciò che si sa della chat',
  asVisitorReads: 'Ciò che legge il visitatore',
  nothingWritten: 'Non è stato ancora scritto nulla.',
  noSuchPlaces: 'Per {places} non si può inserire nulla. Il visitatore lo legge così com’è scritto qui.',
  cannedDepartment: 'Scegli un reparto',
  cannedTagsHelp: 'Gli operatori la trovano anche con queste parole.',
  notYoursToChange: 'Puoi usare questa risposta, ma non modificarla.',
  removeCannedMore: 'Gli operatori non la troveranno più. I messaggi inviati con essa restano.',

  // Tags.
  newTag: 'Nuovo tag',
  offeredIn: 'Proposto in',
  offeredInHelp: 'Senza scelta, viene proposto agli operatori di tutti i reparti.',
  tagEverywhere: 'Tutti i reparti',
  departmentGone: 'Un reparto eliminato',
  findTags: 'Nome o reparto',
  noTagsYet: 'Ancora nessun tag',
  noTagsYetMore: 'I tag indicano di cosa trattava una chat. Vengono proposti agli operatori quando la terminano.',
  removeTagMore: 'Non viene più proposto. Le chat che lo hanno lo mantengono.',
};

export default it;
