import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const fr: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: 'Partout',
  keyKeys: 'afficher tous les raccourcis',
  keyInbox: 'aller à la boîte de réception',
  keySave: 'enregistrer',
  keyAvailable: 'disponible ou absent',
  keyUndo: 'annuler',
  keyBack: 'retour, fermer',
  keysInbox: 'Boîte de réception',
  keyOpen: 'entrer dans la conversation',
  keyTake: 'prendre cette conversation, ou la suivante',
  keyReturn: 'remettre en file',
  keyHold: 'mettre en pause, reprendre',
  keyTags: 'étiquettes',
  keyVisitor: 'le visiteur',
  keyDeliveries: 'webhooks de la conversation',
  keyList: 'afficher ou masquer la liste',
  keyDetails: 'afficher ou masquer les détails',
  keysComposer: 'Réponse',
  keySend: 'envoyer',
  keyNewLine: 'nouvelle ligne',
  keySendClose: 'envoyer et fermer',
  keyMention: 'prévenir un collègue, dans une note',
  keyEdit: 'modifier le dernier message',
  keyToList: 'vers la liste, le texte reste',
  keysTables: 'Tableaux',
  keyRows: 'ligne suivante, précédente',
  keyOpenRow: 'ouvrir la ligne',
  keyNewRow: 'en créer un',
  keyChooseRow: 'sélectionner la ligne',
  keyResend: 'renvoyer une livraison',
  keyCurl: 'copier en curl',
  keyPause: 'mettre en pause, reprendre',
  keysDialogs: 'Boîtes de dialogue',
  keyDoIt: 'valider',
  keyCancel: 'annuler',
};

export default fr;
