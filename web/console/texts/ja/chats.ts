import type en from '../en/chats.ts';
import type { Translation } from '../tables.ts';

const ja: Translation<typeof en> = {
  // All chats.
  visitorName: '訪問者',
  searchChats: '言葉・名前・アドレス',
  stateOpen: '進行中',
  stateQueued: 'キューで待機中',
  stateHeld: '保留中',
  stateClosed: '終了',
  anyDepartment: 'すべての担当部署',
  anyAgent: 'すべての担当者',
  fromDay: '開始日',
  untilDay: '終了日',
  startedAt: '開始',
  lasted: '所要時間',
  messagesCount: 'メッセージ',
  foundOf: '{total}件中{count}件',
  foundSoFar: 'ここまで{count}件',
  wordsMissing: '以前のメッセージをまだ読み込み中です。表示されないチャットがあるかもしれません。',
  customField: 'カスタムフィールド',
  noChatsYet: 'チャットはまだありません',
  noChatsYetMore: 'これまでのチャットはすべて、このページで見つかります。',
  noChatsMatch: '該当するチャットはありません',
  noChatsMatchMore: 'すべての条件に合うチャットはありません：{filters}',
  searchInChat: 'このチャット内を検索',
  nothingSaid: '該当する発言はありません。',
  savedViews: '保存したビュー',
  saveView: 'ビューとして保存',
  viewName: 'ビューの名前',

  // The filter of the inbox.
  anyTag: 'すべてのタグ',
  channelOfChat: 'チャネル',
  anyChannel: 'すべてのチャネル',
  channelWidget: 'ウェブサイト',
  channelEmail: 'メール',
  channelSms: 'SMS',
  channelApi: 'API',
  anyPriority: 'すべての優先度',
  sortBy: '並び順',
  sortUsual: '通常の順',
  sortLatest: '新しい順',
  sortOldest: '古い順',
  sortUrgent: '緊急度の高い順',
};

export default ja;
