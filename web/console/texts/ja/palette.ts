import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const ja: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'コマンド',
  goTo: '移動',
  chatsAndVisitors: 'チャットと訪問者',
  nothingFound: '該当するものはありません。',
  oneOf: '{whole}：{title}',
  aSetting: '設定',
  settingIsOn: 'オン',
  settingIsOff: 'オフ',
  chatIsOpen: '進行中',
  chatIsQueued: 'キューで待機中',
  chatIsHeld: '保留中',
  chatIsOver: '終了',
  inQuotes: '「{text}」',
  hintChoose: '選択',
  hintDoIt: '実行',
  hintNewTab: '新しいタブで',
  hintEverywhere: 'すべてを検索',
};

export default ja;
