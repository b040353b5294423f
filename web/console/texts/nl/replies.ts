import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const nl: Translation<typeof en> = {
  // Canned responses.
  newCanned: 'Nieuw standaardantwoord',
  shortcut: 'Sneltekst',
  shortcutHelp: 'Te typen na een schuine streep in de inbox.',
  answerText: 'Tekst',
  forWhom: 'Voor',
  forOneself: 'Alleen de eigenaar',
  forDepartment: 'Een afdeling',
  forEverybody: 'Iedereen',
  uses: 'Gebruikt',
  findCanned: 'Sneltekst, woord of tag',
  noCannedYet: 'Nog geen standaardantwoorden',
  noCannedYetMore: 'Antwoorden die telkens weer nodig zijn, klaar achter een schuine streep in de inbox.',
  placesInText: 'Invoegen wat van de chat bekend is',
  asVisitorReads: 'Wat de bezoeker leest',
  nothingWritten: 'Er is nog niets geschreven.',
  noSuchPlaces: 'Voor {places} kan niets worden ingevuld. De bezoeker leest het zoals het hier staat.',
  cannedDepartment: 'Kies een afdeling',
  cannedTagsHelp: 'Medewerkers vinden het ook met deze woorden.',
  notYoursToChange: 'U kunt dit antwoord gebruiken, maar niet wijzigen.',
  removeCannedMore: 'Medewerkers vinden het niet meer. Berichten die ermee zijn verstuurd, blijven.',

  // Tags.
  newTag: 'Nieuwe tag',
  offeredIn: 'Aangeboden in',
  offeredInHelp: 'Zonder keuze wordt de tag aan medewerkers van alle afdelingen aangeboden.',
  tagEverywhere: 'Alle afdelingen',
  departmentGone: 'Een verwijderde afdeling',
  findTags: 'Naam of afdeling',
  noTagsYet: 'Nog geen tags',
  noTagsYetMore: 'Tags zeggen waar een chat over ging. Medewerkers krijgen ze aangeboden bij het beëindigen.',
  removeTagMore: 'De tag wordt niet meer aangeboden. Chats die hem hebben, houden hem.',
};

export default nl;
