import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  // Canned responses.
  newCanned: 'Neuer Textbaustein',
  shortcut: 'Kürzel',
  shortcutHelp: 'Wird im Posteingang hinter einem Schrägstrich eingegeben.',
  answerText: 'Text',
  forWhom: 'Für',
  forOneself: 'Nur für eine Person',
  forDepartment: 'Eine Abteilung',
  forEverybody: 'Alle',
  uses: 'Verwendet',
  findCanned: 'Kürzel, Wort oder Schlagwort',
  noCannedYet: 'Noch keine Textbausteine',
  noCannedYetMore: 'Antworten, die immer wieder gebraucht werden, im Posteingang hinter einem Schrägstrich.',
  placesInText: 'Einsetzen, was über den Chat bekannt ist',
  asVisitorReads: 'Was Besucher lesen',
  nothingWritten: 'Noch kein Text.',
  noSuchPlaces: 'Für {places} lässt sich nichts einsetzen. Besucher lesen es so, wie es hier steht.',
  cannedDepartment: 'Abteilung wählen',
  cannedTagsHelp: 'Auch mit diesen Wörtern wird er gefunden.',
  notYoursToChange: 'Diese Antwort können Sie verwenden, aber nicht ändern.',
  removeCannedMore: 'Niemand findet ihn mehr. Nachrichten, die damit geschrieben wurden, bleiben.',

  // Tags.
  newTag: 'Neues Schlagwort',
  offeredIn: 'Angeboten in',
  offeredInHelp: 'Ohne Auswahl wird es in allen Abteilungen angeboten.',
  tagEverywhere: 'Allen Abteilungen',
  departmentGone: 'Eine gelöschte Abteilung',
  findTags: 'Name oder Abteilung',
  noTagsYet: 'Noch keine Schlagwörter',
  noTagsYetMore: 'Schlagwörter sagen, worum es in einem Chat ging. Sie werden beim Schließen angeboten.',
  removeTagMore: 'Es wird nicht mehr angeboten. Chats, die es haben, behalten es.',
};

export default de;
