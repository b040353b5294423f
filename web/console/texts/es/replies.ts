import type en from '../en/replies.ts';
import type { Translation } from '../tables.ts';

const es: Translation<typeof en> = {
  // Canned responses.
  newCanned: 'Respuesta predefinida nueva',
  shortcut: 'Atajo',
  shortcutHelp: 'Se escribe tras una barra en la bandeja de entrada.',
  answerText: 'Texto',
  forWhom: 'Para',
  forOneself: 'Solo su dueño',
  forDepartment: 'Un departamento',
  forEverybody: 'Todos',
  uses: 'Usos',
  findCanned: 'Atajo, palabra o etiqueta',
  noCannedYet: 'Todavía no hay respuestas predefinidas',
  noCannedYetMore: 'Respuestas que se necesitan una y otra vez, a mano tras una barra en la bandeja de entrada.',
  placesInText: 'Insertar lo que se sabe del chat',
  asVisitorReads: 'Lo que lee el visitante',
  nothingWritten: 'Todavía no hay nada escrito.',
  noSuchPlaces: 'No hay nada que poner en {places}. El visitante lo lee tal como está.',
  cannedDepartment: 'Elige un departamento',
  cannedTagsHelp: 'Los agentes también la encuentran con estas palabras.',
  notYoursToChange: 'Puedes usar esta respuesta, pero no cambiarla.',
  removeCannedMore: 'Los agentes ya no la encontrarán. Los mensajes enviados con ella se quedan.',

  // Tags.
  newTag: 'Etiqueta nueva',
  offeredIn: 'Se ofrece en',
  offeredInHelp: 'Sin elegir ninguno, se ofrece en todos los departamentos.',
  tagEverywhere: 'Todos los departamentos',
  departmentGone: 'Un departamento eliminado',
  findTags: 'Nombre o departamento',
  noTagsYet: 'Todavía no hay etiquetas',
  noTagsYetMore: 'Las etiquetas dicen de qué trató un chat. Se ofrecen a los agentes al cerrarlo.',
  removeTagMore: 'Deja de ofrecerse. Los chats que la tienen la conservan.',
};

export default es;
