// Every word of the page but what the documents themselves say, which is English.
import { best, direction } from '../shared/languages.ts';
import { plural, type Plural } from '../shared/words.ts';

interface Texts {
  readonly title: string;
  readonly hark: string;
  readonly rocketchat: string;
  readonly events: string;
  readonly parts: string;
  readonly search: string;
  readonly list: string;
  readonly all: string;
  readonly choose: string;
  readonly loading: string;
  readonly failed: string;
  readonly anyone: string;
  readonly loggedIn: string;
  readonly permission: string;
  readonly allOf: string;
  readonly anyOf: string;
  readonly secondFactor: string;
  readonly deprecated: string;
  readonly parameters: string;
  readonly headers: string;
  readonly body: string;
  readonly answers: string;
  readonly example: string;
  readonly call: string;
  readonly required: string;
  readonly members: string;
  readonly choice: string;
  readonly document: string;
  readonly found: Plural;
}

const en: Texts = {
  title: 'API reference',
  hark: 'Hark',
  rocketchat: 'Rocket.Chat',
  events: 'Events of webhooks',
  parts: 'Parts',
  search: 'Search',
  list: 'Entries',
  all: 'All entries',
  choose: 'Choose an entry from the list, or search for a path, a parameter or a word.',
  loading: 'Loading …',
  failed: 'The documents could not be loaded. Load the page again.',
  anyone: 'For anybody, without a log-in',
  loggedIn: 'For whoever is logged in',
  permission: 'Needs the permission',
  allOf: 'Needs all of these permissions',
  anyOf: 'Needs one of these permissions',
  secondFactor: 'Asks for a second factor',
  deprecated: 'Out of date: look for another one',
  parameters: 'Parameters',
  headers: 'Headers',
  body: 'Body',
  answers: 'Answers',
  example: 'Example',
  call: 'Call',
  required: 'required',
  members: 'Members',
  choice: 'Form {count}',
  document: 'OpenAPI document',
  found: { one: '{count} entry', other: '{count} entries' },
};

const de: Texts = {
  title: 'API-Referenz',
  hark: 'Hark',
  rocketchat: 'Rocket.Chat',
  events: 'Ereignisse der Webhooks',
  parts: 'Teile',
  search: 'Suchen',
  list: 'Einträge',
  all: 'Alle Einträge',
  choose: 'Wählen Sie einen Eintrag aus der Liste, oder suchen Sie nach einem Pfad, einem Parameter oder einem Wort.',
  loading: 'Wird geladen …',
  failed: 'Die Dokumente konnten nicht geladen werden. Laden Sie die Seite neu.',
  anyone: 'Für alle, ohne Anmeldung',
  loggedIn: 'Für alle, die angemeldet sind',
  permission: 'Braucht das Recht',
  allOf: 'Braucht alle diese Rechte',
  anyOf: 'Braucht eines dieser Rechte',
  secondFactor: 'Fragt nach einem zweiten Faktor',
  deprecated: 'Veraltet: Nehmen Sie einen anderen',
  parameters: 'Parameter',
  headers: 'Kopfzeilen',
  body: 'Inhalt',
  answers: 'Antworten',
  example: 'Beispiel',
  call: 'Aufruf',
  required: 'nötig',
  members: 'Felder',
  choice: 'Form {count}',
  document: 'OpenAPI-Dokument',
  found: { one: '{count} Eintrag', other: '{count} Einträge' },
};

const ar: Texts = {
  title: 'مرجع واجهات البرمجة',
  hark: 'Hark',
  rocketchat: 'Rocket.Chat',
  events: 'أحداث الويب هوك',
  parts: 'الأقسام',
  search: 'بحث',
  list: 'المداخل',
  all: 'كل المداخل',
  choose: 'اختر مدخلًا من القائمة، أو ابحث عن مسار أو معامل أو كلمة.',
  loading: 'جارٍ التحميل…',
  failed: 'تعذّر تحميل المستندات. أعد تحميل الصفحة.',
  anyone: 'متاح للجميع دون تسجيل دخول',
  loggedIn: 'لكل من سجّل الدخول',
  permission: 'يتطلب الصلاحية',
  allOf: 'يتطلب كل هذه الصلاحيات',
  anyOf: 'يتطلب إحدى هذه الصلاحيات',
  secondFactor: 'يطلب عامل تحقق ثانيًا',
  deprecated: 'قديم: استخدم غيره',
  parameters: 'المعاملات',
  headers: 'الترويسات',
  body: 'المحتوى',
  answers: 'الإجابات',
  example: 'مثال',
  call: 'الاستدعاء',
  required: 'إلزامي',
  members: 'الحقول',
  choice: 'الصيغة {count}',
  document: 'مستند OpenAPI',
  found: {
    zero: 'لا مداخل',
    one: 'مدخل واحد',
    two: 'مدخلان',
    few: '{count} مداخل',
    many: '{count} مدخلًا',
    other: '{count} مدخل',
  },
};

const LANGUAGES: Readonly<Record<string, Texts>> = { en, de, ar };

const language = best(navigator.languages, Object.keys(LANGUAGES)) ?? 'en';
document.documentElement.lang = language;
document.documentElement.dir = direction(language);

export const texts = LANGUAGES[language] ?? en;

export function count(forms: Plural, many: number): string {
  return plural(forms, many, {}, language);
}
