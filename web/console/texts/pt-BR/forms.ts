import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const ptBR: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'Não foi salvo: confira {fields}.',
  fieldNeeded: 'Este campo não pode ficar vazio.',
  fieldNoEmail: 'Isto não é um endereço de e-mail.',
  fieldNoUrl: 'Isto não é um endereço da web. Ele começa com https:// ou http://.',
  fieldNoPattern: 'Isto não é uma expressão regular.',
  fieldNoNumber: 'Tem de ser um número, {least} ou mais.',
  fieldNotTaken: 'O servidor não aceita este valor.',
  fieldInUse: 'Isto já está em uso.',
  fieldLetters: 'Só letras, algarismos, hifens e sublinhados.',
  fieldOtherUnit: 'Um destes departamentos já está em outra unidade.',
  deletedMeanwhile: 'Não foi salvo: outra pessoa excluiu nesse meio-tempo.',
  deletedMeanwhileBy: 'Não foi salvo: {name} excluiu às {time}.',

  // What somebody else has changed meanwhile.
  compare: 'Comparar',
  theirVersion: 'No servidor',
  yourVersion: 'Seu',
  takeTheirs: 'Manter o do servidor',
  saveMine: 'Salvar o meu por cima',
  isOn: 'Ativado',
  isOff: 'Desativado',
  changedMeanwhile: 'Não foi salvo: outra pessoa alterou nesse meio-tempo.',
  changedMeanwhileBy: 'Não foi salvo: {name} alterou às {time}.',
};

export default ptBR;
