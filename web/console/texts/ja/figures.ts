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
};

export default ja;
