import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const it: Translation<typeof en> = {
  asTable: 'Come tabella',
  nothingInThisTime: 'Nulla in questo periodo',
  overTarget: 'oltre l’obiettivo',
  waitsForAgent: 'in attesa',
  answeredInHour: 'con risposta nell’ultima ora',
  leftInHour: 'abbandonate',
  moreWait: 'e altre {count}',
  nobodyWaits: 'Nessuno è in attesa',
  lanesDrawn: '{some} di {all} reparti, prima le attese più lunghe',
  needAnAnswer: {
    one: '{count} attende una risposta',
    many: '{count} attendono una risposta',
    other: '{count} attendono una risposta',
  },
  partOf: '{some} di {all}',
  answered: 'con risposta',
  notAnswered: 'senza risposta',
  answeredOnes: 'Con risposta',
  abandonedOnes: 'Abbandonate',
  firstAnswer: 'Prima risposta',
  firstAnswerSentence: 'Prima risposta: {time} in media',
  noDepartment: 'Nessun reparto',
  hourOfDay: 'Ora',
  firstAnswerMedian: 'Prima risposta, mediana',

  // Of an inbox in which nobody waits.
  takenInHour: 'Prese nell’ultima ora',
  takenByYou: '{count} da te',
  availableNow: 'Disponibili ora',
  freeSlotsAre: 'Posti liberi: {count}',
  lastTakenBy: 'L’ultima era quella di {name}, presa da {agent} alle {time} dopo {wait}.',
  lastTaken: 'L’ultima era quella di {name}, presa alle {time} dopo {wait}.',
};

export default it;
