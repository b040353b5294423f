import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const tr: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'Kaydedilmedi: şuraya bakın: {fields}.',
  fieldNeeded: 'Burası boş kalamaz.',
  fieldNoEmail: 'Bu bir e-posta adresi değil.',
  fieldNoUrl: 'Bu bir web adresi değil. Adres https:// veya http:// ile başlar.',
  fieldNoPattern: 'Bu bir düzenli ifade değil.',
  fieldNoNumber: 'Buraya {least} veya daha büyük bir sayı gerekir.',
  fieldNotTaken: 'Sunucu bunu kabul etmiyor.',
  fieldInUse: 'Bu zaten kullanılıyor.',
  fieldLetters: 'Yalnızca harfler, rakamlar, kısa çizgiler ve alt çizgiler.',
  fieldOtherUnit: 'Bu departmanlardan biri zaten başka bir birimde.',
  deletedMeanwhile: 'Kaydedilmedi: bu arada başka biri sildi.',
  deletedMeanwhileBy: 'Kaydedilmedi: {name}, {time} itibarıyla sildi.',

  // What somebody else has changed meanwhile.
  compare: 'Karşılaştır',
  theirVersion: 'Sunucudaki',
  yourVersion: 'Sizinki',
  takeTheirs: 'Sunucudakini koru',
  saveMine: 'Üzerine benimkini kaydet',
  isOn: 'Açık',
  isOff: 'Kapalı',
  changedMeanwhile: 'Kaydedilmedi: bu arada başka biri değiştirdi.',
  changedMeanwhileBy: 'Kaydedilmedi: {name}, {time} itibarıyla değiştirdi.',
};

export default tr;
