import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const ja: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: '共通',
  keyKeys: 'すべてのキーを表示',
  keyInbox: '受信トレイへ',
  keySave: '保存',
  keyAvailable: '対応可能・離席中の切り替え',
  keyUndo: '元に戻す',
  keyBack: '戻る、閉じる',
  keysInbox: '受信トレイ',
  keyOpen: 'チャットに入る',
  keyTake: 'このチャットまたは次を担当',
  keyReturn: 'キューに戻す',
  keyHold: '保留、再開',
  keyTags: 'タグ',
  keyVisitor: '訪問者',
  keyDeliveries: 'チャットのWebhook',
  keyList: '一覧の表示・非表示',
  keyDetails: '詳細の表示・非表示',
  keysComposer: '返信',
  keySend: '送信',
  keyNewLine: '改行',
  keySendClose: '送信して終了',
  keyMention: 'メモで同僚に知らせる',
  keyEdit: '最後のメッセージを編集',
  keyToList: '一覧へ（入力内容は残ります）',
  keysTables: '表',
  keyRows: '次・前の行',
  keyOpenRow: '行を開く',
  keyNewRow: '新規作成',
  keyChooseRow: '行を選択',
  keyResend: '再送信',
  keyCurl: 'curlとしてコピー',
  keyPause: '一時停止・再開',
  keysDialogs: 'ダイアログ',
  keyDoIt: '実行',
  keyCancel: 'キャンセル',
};

export default ja;
