import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const tr: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: 'Her yerde',
  keyKeys: 'tüm tuşları göster',
  keyInbox: 'gelen kutusuna git',
  keySave: 'kaydet',
  keyAvailable: 'müsait veya uzakta',
  keyUndo: 'geri al',
  keyBack: 'geri, kapat',
  keysInbox: 'Gelen kutusu',
  keyOpen: 'sohbete gir',
  keyTake: 'bu sohbeti veya sıradakini üstlen',
  keyReturn: 'sıraya geri gönder',
  keyHold: 'beklemeye al, sürdür',
  keyTags: 'etiketler',
  keyVisitor: 'ziyaretçi',
  keyDeliveries: 'sohbetin webhook’ları',
  keyList: 'listeyi göster veya gizle',
  keyDetails: 'ayrıntıları göster veya gizle',
  keysComposer: 'Yanıt',
  keySend: 'gönder',
  keyNewLine: 'yeni satır',
  keySendClose: 'gönder ve bitir',
  keyMention: 'notta bir iş arkadaşına haber ver',
  keyEdit: 'son mesajı düzenle',
  keyToList: 'listeye git, metin kalır',
  keysTables: 'Tablolar',
  keyRows: 'sonraki, önceki satır',
  keyOpenRow: 'satırı aç',
  keyNewRow: 'yeni oluştur',
  keyChooseRow: 'satırı seç',
  keyResend: 'yeniden gönder',
  keyCurl: 'curl olarak kopyala',
  keyPause: 'duraklat, sürdür',
  keysDialogs: 'İletişim kutuları',
  keyDoIt: 'uygula',
  keyCancel: 'vazgeç',
};

export default tr;
