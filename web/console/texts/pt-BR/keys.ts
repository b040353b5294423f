import type en from '../en/keys.ts';
import type { Translation } from '../tables.ts';

const ptBR: Translation<typeof en> = {
  // All keys, by where they work.
  keysAnywhere: 'Em qualquer lugar',
  keyKeys: 'mostrar todas as teclas',
  keyInbox: 'ir para a caixa de entrada',
  keySave: 'salvar',
  keyAvailable: 'disponível ou ausente',
  keyUndo: 'desfazer',
  keyBack: 'voltar, fechar',
  keysInbox: 'Caixa de entrada',
  keyOpen: 'entrar no chat',
  keyTake: 'assumir este chat ou o próximo',
  keyReturn: 'devolver à fila',
  keyHold: 'colocar em espera, retomar',
  keyTags: 'tags',
  keyVisitor: 'o visitante',
  keyDeliveries: 'webhooks do chat',
  keyList: 'mostrar ou ocultar a lista',
  keyDetails: 'mostrar ou ocultar os detalhes',
  keysComposer: 'Resposta',
  keySend: 'enviar',
  keyNewLine: 'nova linha',
  keySendClose: 'enviar e encerrar',
  keyMention: 'avisar um colega, em uma nota',
  keyEdit: 'editar a última mensagem',
  keyToList: 'para a lista, o texto fica',
  keysTables: 'Tabelas',
  keyRows: 'próxima linha, anterior',
  keyOpenRow: 'abrir a linha',
  keyNewRow: 'criar novo',
  keyChooseRow: 'selecionar a linha',
  keyResend: 'enviar de novo',
  keyCurl: 'copiar como curl',
  keyPause: 'pausar, retomar',
  keysDialogs: 'Caixas de diálogo',
  keyDoIt: 'confirmar',
  keyCancel: 'cancelar',
};

export default ptBR;
