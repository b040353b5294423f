import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const pl: Translation<typeof en> = {
  asTable: 'Jako tabela',
  nothingInThisTime: 'Nic w tym czasie',
  overTarget: 'powyżej celu',
  waitsForAgent: 'czeka',
  answeredInHour: 'z odpowiedzią w ostatniej godzinie',
  leftInHour: 'porzucone',
  moreWait: 'i jeszcze {count}',
  nobodyWaits: 'Nikt nie czeka',
  lanesDrawn: '{some} z {all} działów, najpierw najdłużej czekający',
  needAnAnswer: {
    one: '{count} wymaga odpowiedzi',
    few: '{count} wymagają odpowiedzi',
    many: '{count} wymaga odpowiedzi',
    other: '{count} wymaga odpowiedzi',
  },
  partOf: '{some} z {all}',
  answered: 'z odpowiedzią',
  notAnswered: 'bez odpowiedzi',
  answeredOnes: 'Z odpowiedzią',
  abandonedOnes: 'Porzucone',
  firstAnswer: 'Pierwsza odpowiedź',
  firstAnswerSentence: 'Pierwsza odpowiedź: średnio {time}',
  noDepartment: 'Bez działu',
  hourOfDay: 'Godzina',
  firstAnswerMedian: 'Pierwsza odpowiedź, mediana',

  // Of an inbox in which nobody waits.
  takenInHour: 'Przejęte w ostatniej godzinie',
  takenByYou: 'przez Ciebie: {count}',
  availableNow: 'Dostępni teraz',
  freeSlotsAre: 'Wolne miejsca: {count}',
  lastTakenBy: 'Ostatni czat: {name}; {agent} przejmuje go o {time}, po {wait}.',
  lastTaken: 'Ostatni czat: {name}; przejęty o {time}, po {wait}.',
};

export default pl;
