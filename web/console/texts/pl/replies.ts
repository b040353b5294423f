import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const pl: Translation<typeof en> = {
  // Canned responses.
  newCanned: 'Nowa gotowa odpowiedź',
  shortcut: 'Skrót',
  shortcutHelp: 'Wpisywany po ukośniku w skrzynce odbiorczej.',
  answerText: 'Tekst',
  forWhom: 'Dla',
  forOneself: 'Tylko właściciel',
  forDepartment: 'Dział',
  forEverybody: 'Wszyscy',
  uses: 'Użycia',
  findCanned: 'Skrót, słowo lub tag',
  noCannedYet: 'Nie ma jeszcze gotowych odpowiedzi',
  noCannedYetMore: 'Odpowiedzi potrzebne raz po raz, gotowe po wpisaniu ukośnika w skrzynce odbiorczej.',
  placesInText: 'Wstaw to, co wiadomo o czacie',
  asVisitorReads: 'Co przeczyta odwiedzający',
  nothingWritten: 'Nic jeszcze nie napisano.',
  noSuchPlaces: 'Dla {places} nie można nic wstawić. Odwiedzający przeczyta to tak, jak jest tutaj.',
  cannedDepartment: 'Wybierz dział',
  cannedTagsHelp: 'Konsultanci znajdą ją także po tych słowach.',
  notYoursToChange: 'Możesz używać tej odpowiedzi, ale nie możesz jej zmienić.',
  removeCannedMore: 'Konsultanci już jej nie znajdą. Wysłane z nią wiadomości zostają.',

  // Tags.
  newTag: 'Nowy tag',
  offeredIn: 'Proponowany w',
  offeredInHelp: 'Bez wyboru jest proponowany konsultantom wszystkich działów.',
  tagEverywhere: 'Wszystkie działy',
  departmentGone: 'Usunięty dział',
  findTags: 'Nazwa lub dział',
  noTagsYet: 'Nie ma jeszcze tagów',
  noTagsYetMore: 'Tagi mówią, o czym był czat. Są proponowane konsultantom przy jego zakończeniu.',
  removeTagMore: 'Nie jest już proponowany. Czaty, które go mają, zachowują go.',
};

export default pl;
