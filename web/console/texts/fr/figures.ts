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
};

export default fr;
