import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const ja: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: '保存されていません：{fields}を確認してください。',
  fieldNeeded: '空欄にはできません。',
  fieldNoEmail: 'メールアドレスではありません。',
  fieldNoUrl: 'ウェブアドレスではありません。https://またはhttp://で始まります。',
  fieldNoPattern: '正規表現ではありません。',
  fieldNoNumber: '{least}以上の数を入力してください。',
  fieldNotTaken: 'サーバーがこの値を受け付けません。',
  fieldInUse: 'すでに使われています。',
  fieldLetters: '使えるのは文字、数字、ハイフン、アンダースコアだけです。',
  fieldOtherUnit: 'ほかのユニットに入っている部署があります。',
  deletedMeanwhile: '保存されていません：その間にほかの人が削除しました。',
  deletedMeanwhileBy: '保存されていません：{time}に{name}が削除しました。',

  // What somebody else has changed meanwhile.
  compare: '比較',
  theirVersion: 'サーバー側',
  yourVersion: '自分',
  takeTheirs: 'サーバー側を残す',
  saveMine: '自分の内容で上書き',
  isOn: 'オン',
  isOff: 'オフ',
  changedMeanwhile: '保存されていません：その間にほかの人が変更しました。',
  changedMeanwhileBy: '保存されていません：{time}に{name}が変更しました。',
};

export default ja;
