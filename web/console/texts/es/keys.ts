import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const es: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: 'En todas partes',
  keyKeys: 'mostrar todos los atajos',
  keyInbox: 'ir a la bandeja',
  keySave: 'guardar',
  keyAvailable: 'disponible o ausente',
  keyUndo: 'deshacer',
  keyBack: 'atrás, cerrar',
  keysInbox: 'Bandeja de entrada',
  keyOpen: 'entrar en el chat',
  keyTake: 'tomar este chat, o el siguiente',
  keyReturn: 'devolver a la cola',
  keyHold: 'poner en pausa, reanudar',
  keyTags: 'etiquetas',
  keyVisitor: 'el visitante',
  keyDeliveries: 'webhooks del chat',
  keyList: 'mostrar u ocultar la lista',
  keyDetails: 'mostrar u ocultar los detalles',
  keysComposer: 'Respuesta',
  keySend: 'enviar',
  keyNewLine: 'línea nueva',
  keySendClose: 'enviar y cerrar',
  keyMention: 'avisar a un compañero, en una nota',
  keyEdit: 'editar el último mensaje',
  keyToList: 'a la lista, el texto se queda',
  keysTables: 'Tablas',
  keyRows: 'fila siguiente, anterior',
  keyOpenRow: 'abrir la fila',
  keyNewRow: 'crear uno nuevo',
  keyChooseRow: 'seleccionar la fila',
  keyResend: 'reenviar una entrega',
  keyCurl: 'copiar como curl',
  keyPause: 'pausar, reanudar',
  keysDialogs: 'Cuadros de diálogo',
  keyDoIt: 'confirmar',
  keyCancel: 'cancelar',
};

export default es;
