import type en from '../en/figures.ts';
import type { Translation } from '../tables.ts';

const ja: Translation<typeof en> = {
  asTable: '表で表示',
  nothingInThisTime: 'この期間のデータはありません',
  overTarget: '目標超過',
  waitsForAgent: '待機中',
  answeredInHour: '直近1時間に対応済み',
  leftInHour: '放棄',
  moreWait: 'ほか{count}件',
  nobodyWaits: '待っている人はいません',
  lanesDrawn: '{all}部署中{some}部署、待ち時間の長い順',
  needAnAnswer: { other: '返信が必要{count}件' },
  partOf: '{all}件中{some}件',
  answered: '対応済み',
  notAnswered: '未対応',
  answeredOnes: '対応済み',
  abandonedOnes: '放棄',
  firstAnswer: '初回返信',
  firstAnswerSentence: '初回返信：平均{time}',
  noDepartment: '担当部署なし',
  hourOfDay: '時',
  firstAnswerMedian: '最初の返信（中央値）',

  // Of an inbox in which nobody waits.
  takenInHour: '直近1時間に対応開始',
  takenByYou: 'あなた: {count}',
  availableNow: '現在対応可能',
  freeSlotsAre: '空き枠: {count}',
  lastTakenBy: '最後は{name}さんで、{time}に{agent}さんが対応を開始しました（待ち時間 {wait}）。',
  lastTaken: '最後は{name}さんで、{time}に対応が始まりました（待ち時間 {wait}）。',
};

export default ja;
