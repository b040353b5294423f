import type en from '../en/monitor.ts';
import type { Translation } from '../tables.ts';

const ja: Translation<typeof en> = {
  liveMonitor: 'ライブモニター',
  liveAt: 'ライブ、{time}',
  pausedAt: '{time}に一時停止',
  goOn: '再開',
  holdOn: '一時停止',
  wallMode: '大画面表示',
  leaveWall: '大画面表示を終了',
  waitingNow: '待機中',
  longestWait: '最長待ち時間',
  onHoldCount: '保留中{count}件',
  agentsAreThere: 'オンラインの担当者',
  ofAll: '/ {all}',
  freeSlots: '空き枠',
  firstAnswerTodayAverage: '今日の初回返信、平均',
  yesterdayIt: '昨日{time}',
  ratingToday: '今日の評価',
  load: '負荷',
  loadHint: '縞模様：返信が必要',
  firstAnswerToday: '初回返信',
  chatsToday: '今日のチャット',
  isAway: '離席中',
  isOffline: 'オフライン',
  ofOnline: '{all}人中{there}人がオンライン',
  queueSentence: 'キュー：{count}件待機中、最長{time}',
  answeredAndNot: '対応済み{answered}件、未対応{left}件',
  chatsTodaySentence: '今日の時間帯別チャット：{chats}件、うち対応済み{answered}件',
  averageOfHours: '各時間の平均',
  usualOn: '{day}の通常値',
  oldest: '最古',
  firstRequestAfterEvent: 'イベントから最初のリクエストまで{time}（p95）',
  endpointsCount: { other: 'エンドポイント{count}件' },
};

export default ja;
