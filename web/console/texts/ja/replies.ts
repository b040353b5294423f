import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const ja: Translation<typeof en> = {
  // Canned responses.
  newCanned: '新しい定型文',
  shortcut: 'ショートカット',
  shortcutHelp: '受信トレイでスラッシュの後に入力します。',
  answerText: 'テキスト',
  forWhom: '対象',
  forOneself: '本人のみ',
  forDepartment: '担当部署',
  forEverybody: '全員',
  uses: '使用回数',
  findCanned: 'ショートカット、語句、タグ',
  noCannedYet: '定型文はまだありません',
  noCannedYetMore: '何度も使う回答を、受信トレイでスラッシュを入力するだけで呼び出せます。',
  placesInText: 'チャットの情報を挿入',
  asVisitorReads: '訪問者に表示される内容',
  nothingWritten: 'まだ何も入力されていません。',
  noSuchPlaces: '{places}に入る情報はありません。訪問者にはこのまま表示されます。',
  cannedDepartment: '担当部署を選択してください',
  cannedTagsHelp: 'これらの語句でも検索できます。',
  notYoursToChange: 'この定型文は使用できますが、変更はできません。',
  removeCannedMore: '担当者は使えなくなります。送信済みのメッセージは残ります。',

  // Tags.
  newTag: '新しいタグ',
  offeredIn: '候補に出す部署',
  offeredInHelp: '未選択の場合は、すべての部署の担当者に候補として表示されます。',
  tagEverywhere: 'すべての担当部署',
  departmentGone: '削除された担当部署',
  findTags: '名前または担当部署',
  noTagsYet: 'タグはまだありません',
  noTagsYetMore: 'タグはチャットの内容を示します。担当者がチャットを終了するときに候補として表示されます。',
  removeTagMore: '候補に表示されなくなります。付いているチャットには残ります。',
};

export default ja;
