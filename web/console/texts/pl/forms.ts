import type en from '../en/forms.ts';
import type { Translation } from '../tables.ts';

const pl: Translation<typeof en> = {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'Nie zapisano: sprawdź {fields}.',
  fieldNeeded: 'To pole nie może być puste.',
  fieldNoEmail: 'To nie jest adres e-mail.',
  fieldNoUrl: 'To nie jest adres internetowy. Zaczyna się od https:// lub http://.',
  fieldNoPattern: 'To nie jest wyrażenie regularne.',
  fieldNoNumber: 'Potrzebna jest liczba, co najmniej {least}.',
  fieldNotTaken: 'Serwer tego nie przyjmuje.',
  fieldInUse: 'To jest już zajęte.',
  fieldLetters: 'Tylko litery, cyfry, łączniki i podkreślenia.',
  fieldOtherUnit: 'Jeden z tych działów należy już do innej jednostki.',
  deletedMeanwhile: 'Nie zapisano: ktoś inny usunął to w międzyczasie.',
  deletedMeanwhileBy: 'Nie zapisano: usunięto o {time} ({name}).',

  // What somebody else has changed meanwhile.
  compare: 'Porównaj',
  theirVersion: 'Na serwerze',
  yourVersion: 'Twoje',
  takeTheirs: 'Zachowaj stan z serwera',
  saveMine: 'Zastąp moim',
  isOn: 'Włączone',
  isOff: 'Wyłączone',
  changedMeanwhile: 'Nie zapisano: ktoś inny zmienił to w międzyczasie.',
  changedMeanwhileBy: 'Nie zapisano: o {time} zapisano inną zmianę ({name}).',
};

export default pl;
