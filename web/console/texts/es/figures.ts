import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const es: Translation<typeof en> = {
  asTable: 'Como tabla',
  nothingInThisTime: 'Nada en este tiempo',
  overTarget: 'por encima del objetivo',
  waitsForAgent: 'en espera',
  answeredInHour: 'respondidos en la última hora',
  leftInHour: 'abandonados',
  moreWait: 'y {count} más',
  nobodyWaits: 'No espera nadie',
  lanesDrawn: '{some} de {all} departamentos, primero los de mayor espera',
  needAnAnswer: { one: '{count} espera respuesta', many: '{count} esperan respuesta', other: '{count} esperan respuesta' },
  partOf: '{some} de {all}',
  answered: 'respondidos',
  notAnswered: 'sin responder',
  answeredOnes: 'Respondidos',
  abandonedOnes: 'Abandonados',
  firstAnswer: 'Primera respuesta',
  firstAnswerSentence: 'Primera respuesta: {time} de media',
  noDepartment: 'Sin departamento',
  hourOfDay: 'Hora',
  firstAnswerMedian: 'Primera respuesta, mediana',

  // Of an inbox in which nobody waits.
  takenInHour: 'Tomados en la última hora',
  takenByYou: '{count} por ti',
  availableNow: 'Disponibles ahora',
  freeSlotsAre: 'Plazas libres: {count}',
  lastTakenBy: 'El último fue el de {name}, que {agent} tomó a las {time} tras {wait}.',
  lastTaken: 'El último fue el de {name}, tomado a las {time} tras {wait}.',
};

export default es;
