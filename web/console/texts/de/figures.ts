import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  asTable: 'Als Tabelle',
  nothingInThisTime: 'Nichts in dieser Zeit',
  overTarget: 'über dem Ziel',
  waitsForAgent: 'wartend',
  answeredInHour: 'in der letzten Stunde beantwortet',
  leftInHour: 'aufgegeben',
  moreWait: 'und {count} weitere',
  nobodyWaits: 'Niemand wartet',
  lanesDrawn: '{some} von {all} Abteilungen, längste Wartezeit zuerst',
  needAnAnswer: { one: '{count} braucht eine Antwort', other: '{count} brauchen eine Antwort' },
  partOf: '{some} von {all}',
  answered: 'beantwortet',
  notAnswered: 'nicht beantwortet',
  answeredOnes: 'Beantwortet',
  abandonedOnes: 'Aufgegeben',
  firstAnswer: 'Erste Antwort',
  firstAnswerSentence: 'Erste Antwort: im Mittel {time}',
  noDepartment: 'Keine Abteilung',
  hourOfDay: 'Stunde',
  firstAnswerMedian: 'Erste Antwort, Median',

  // Of an inbox in which nobody waits.
  takenInHour: 'In der letzten Stunde angenommen',
  takenByYou: '{count} von Ihnen',
  availableNow: 'Jetzt verfügbar',
  freeSlotsAre: 'Freie Plätze: {count}',
  lastTakenBy: 'Zuletzt war es {name}, um {time} nach {wait} angenommen von {agent}.',
  lastTaken: 'Zuletzt war es {name}, um {time} nach {wait} angenommen.',
};

export default de;
