import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const nl: Translation<typeof en> = {
  asTable: 'Als tabel',
  nothingInThisTime: 'Niets in deze periode',
  overTarget: 'boven het doel',
  waitsForAgent: 'wachtend',
  answeredInHour: 'beantwoord in het afgelopen uur',
  leftInHour: 'verlaten',
  moreWait: 'en nog {count}',
  nobodyWaits: 'Er wacht niemand',
  lanesDrawn: '{some} van {all} afdelingen, langste wachttijd eerst',
  needAnAnswer: { one: '{count} wacht op antwoord', other: '{count} wachten op antwoord' },
  partOf: '{some} van {all}',
  answered: 'beantwoord',
  notAnswered: 'niet beantwoord',
  answeredOnes: 'Beantwoord',
  abandonedOnes: 'Verlaten',
  firstAnswer: 'Eerste antwoord',
  firstAnswerSentence: 'Eerste antwoord: gemiddeld {time}',
  noDepartment: 'Geen afdeling',
  hourOfDay: 'Uur',
  firstAnswerMedian: 'Eerste antwoord, mediaan',

  // Of an inbox in which nobody waits.
  takenInHour: 'Aangenomen in het laatste uur',
  takenByYou: '{count} door u',
  availableNow: 'Nu beschikbaar',
  freeSlotsAre: 'Vrije plaatsen: {count}',
  lastTakenBy: 'De laatste was {name}, om {time} na {wait} aangenomen door {agent}.',
  lastTaken: 'De laatste was {name}, om {time} na {wait} aangenomen.',
};

export default nl;
