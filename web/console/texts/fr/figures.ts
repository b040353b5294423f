import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const fr: Translation<typeof en> = {
  asTable: 'En tableau',
  nothingInThisTime: 'Rien pendant cette période',
  overTarget: 'au-delà de l’objectif',
  waitsForAgent: 'en attente',
  answeredInHour: 'répondues dans la dernière heure',
  leftInHour: 'abandonnées',
  moreWait: 'et {count} de plus',
  nobodyWaits: 'Personne n’attend',
  lanesDrawn: '{some} services sur {all}, les plus longues attentes d’abord',
  needAnAnswer: { one: '{count} attend une réponse', many: '{count} attendent une réponse', other: '{count} attendent une réponse' },
  partOf: '{some} sur {all}',
  answered: 'répondues',
  notAnswered: 'sans réponse',
  answeredOnes: 'Répondues',
  abandonedOnes: 'Abandonnées',
  firstAnswer: 'Première réponse',
  firstAnswerSentence: 'Première réponse : {time} en moyenne',
  noDepartment: 'Sans service',
  hourOfDay: 'Heure',
  firstAnswerMedian: 'Première réponse, médiane',

  // Of an inbox in which nobody waits.
  takenInHour: 'Prises dans la dernière heure',
  takenByYou: '{count} par vous',
  availableNow: 'Disponibles maintenant',
  freeSlotsAre: 'Places libres : {count}',
  lastTakenBy: 'La dernière était celle de {name}, prise par {agent} à {time} après {wait}.',
  lastTaken: 'La dernière était celle de {name}, prise à {time} après {wait}.',
};

export default fr;
