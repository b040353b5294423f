import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const tr: Translation<typeof en> = {
  // Canned responses.
  newCanned: 'Yeni hazır yanıt',
  shortcut: 'Kısayol',
  shortcutHelp: 'Gelen kutusunda eğik çizgiden sonra yazılır.',
  answerText: 'Metin',
  forWhom: 'Kimin için',
  forOneself: 'Yalnızca sahibi',
  forDepartment: 'Bir departman',
  forEverybody: 'Herkes',
  uses: 'Kullanım',
  findCanned: 'Kısayol, sözcük veya etiket',
  noCannedYet: 'Henüz hazır yanıt yok',
  noCannedYetMore: 'Tekrar tekrar gereken yanıtlar, gelen kutusunda bir eğik çizginin ardında hazır.',
  placesInText: 'Sohbet hakkında bilinenleri ekle',
  asVisitorReads: 'Ziyaretçinin okuyacağı',
  nothingWritten: 'Henüz bir şey yazılmadı.',
  noSuchPlaces: '{places} için doldurulacak bir şey yok. Ziyaretçi burada yazdığı gibi okur.',
  cannedDepartment: 'Bir departman seçin',
  cannedTagsHelp: 'Temsilciler onu bu sözcüklerle de bulur.',
  notYoursToChange: 'Bu yanıtı kullanabilir, ancak değiştiremezsiniz.',
  removeCannedMore: 'Temsilciler artık onu bulamaz. Onunla gönderilen mesajlar kalır.',

  // Tags.
  newTag: 'Yeni etiket',
  offeredIn: 'Sunulduğu yerler',
  offeredInHelp: 'Seçim yoksa tüm departmanların temsilcilerine sunulur.',
  tagEverywhere: 'Tüm departmanlar',
  departmentGone: 'Silinmiş bir departman',
  findTags: 'Ad veya departman',
  noTagsYet: 'Henüz etiket yok',
  noTagsYetMore: 'Etiketler bir sohbetin konusunu belirtir. Temsilcilere sohbeti bitirirken sunulur.',
  removeTagMore: 'Artık sunulmaz. Etikete sahip sohbetlerde kalır.',
};

export default tr;
