import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const tr: Translation<typeof en> = {
  asTable: 'Tablo olarak',
  nothingInThisTime: 'Bu sürede bir şey yok',
  overTarget: 'hedefin üzerinde',
  waitsForAgent: 'bekliyor',
  answeredInHour: 'son bir saatte yanıtlanan',
  leftInHour: 'terk edilen',
  moreWait: 've {count} tane daha',
  nobodyWaits: 'Bekleyen yok',
  lanesDrawn: '{all} departmandan {some} tanesi, en uzun bekleyenler önce',
  needAnAnswer: { one: '{count} tanesi yanıt bekliyor', other: '{count} tanesi yanıt bekliyor' },
  partOf: '{some}/{all}',
  answered: 'yanıtlanan',
  notAnswered: 'yanıtlanmayan',
  answeredOnes: 'Yanıtlanan',
  abandonedOnes: 'Terk edilen',
  firstAnswer: 'İlk yanıt',
  firstAnswerSentence: 'İlk yanıt: ortalama {time}',
  noDepartment: 'Departman yok',
  hourOfDay: 'Saat',
  firstAnswerMedian: 'İlk yanıt, medyan',

  // Of an inbox in which nobody waits.
  takenInHour: 'Son bir saatte alınan',
  takenByYou: 'sizin aldığınız: {count}',
  availableNow: 'Şu an müsait',
  freeSlotsAre: 'Boş yer: {count}',
  lastTakenBy: 'Sonuncusu: {name}; {agent} saat {time} itibarıyla aldı, bekleme {wait}.',
  lastTaken: 'Sonuncusu: {name}; saat {time} itibarıyla alındı, bekleme {wait}.',
};

export default tr;
