import type en from '../en/palette.ts';
import type { Translation } from '../tables.ts';

const pl: Translation<typeof en> = {
  // What is found by its name or by words.
  commands: 'Polecenia',
  goTo: 'Przejdź do',
  chatsAndVisitors: 'Czaty i odwiedzający',
  nothingFound: 'Nic nie ma takiej nazwy.',
  oneOf: '{whole}: {title}',
  aSetting: 'Ustawienie',
  settingIsOn: 'Włączone',
  settingIsOff: 'Wyłączone',
  chatIsOpen: 'otwarty',
  chatIsQueued: 'w kolejce',
  chatIsHeld: 'wstrzymany',
  chatIsOver: 'zakończony',
  inQuotes: '„{text}”',
  hintChoose: 'wybierz',
  hintDoIt: 'wykonaj',
  hintNewTab: 'w nowej karcie',
  hintEverywhere: 'szukaj wszędzie',
};

export default pl;
