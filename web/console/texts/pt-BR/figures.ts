import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const ptBR: Translation<typeof en> = {
  asTable: 'Como tabela',
  nothingInThisTime: 'Nada neste período',
  overTarget: 'acima da meta',
  waitsForAgent: 'aguardando',
  answeredInHour: 'respondidos na última hora',
  leftInHour: 'abandonados',
  moreWait: 'e mais {count}',
  nobodyWaits: 'Ninguém está aguardando',
  lanesDrawn: '{some} de {all} departamentos, maiores esperas primeiro',
  needAnAnswer: {
    one: '{count} precisa de resposta',
    many: '{count} precisam de resposta',
    other: '{count} precisam de resposta',
  },
  partOf: '{some} de {all}',
  answered: 'respondidos',
  notAnswered: 'não respondidos',
  answeredOnes: 'Respondidos',
  abandonedOnes: 'Abandonados',
  firstAnswer: 'Primeira resposta',
  firstAnswerSentence: 'Primeira resposta: {time} em média',
  noDepartment: 'Sem departamento',
  hourOfDay: 'Hora',
  firstAnswerMedian: 'Primeira resposta, mediana',

  // Of an inbox in which nobody waits.
  takenInHour: 'Assumidos na última hora',
  takenByYou: '{count} por você',
  availableNow: 'Disponíveis agora',
  freeSlotsAre: 'Vagas livres: {count}',
  lastTakenBy: 'O último foi o de {name}, assumido por {agent} às {time} após {wait}.',
  lastTaken: 'O último foi o de {name}, assumido às {time} após {wait}.',
};

export default ptBR;
