import type en from '../en/setup.ts';
import type { Translation } from '../tables.ts';

const de: Translation<typeof en> = {
  // The first run.
  steps: 'Schritte',
  stepOpen: 'Noch offen',
  you: 'Sie',
  yourSite: 'Ihre Website',
  tryIt: 'Ausprobieren',
  goToInbox: 'Zum Posteingang',
  continueOn: 'Weiter',
  skipStep: 'Schritt überspringen',
  youTitle: 'Wer hier antwortet',
  youMore: 'Besucher sehen im Chat Ihren Namen.',
  youAnswer: 'Ich beantworte selbst Chats',
  siteTitle: 'Benennen Sie Ihre Website',
  siteMore: 'Der Name steht an der Anmeldung, Titel und Farbe im Widget.',
  siteName: 'Name der Website',
  widgetTitle: 'Titel des Widgets',
  widgetColour: 'Farbe des Widgets',
  departmentTitle: 'Wer die ersten Chats bekommen soll',
  departmentName: 'Name der Abteilung',
  departmentEmail: 'E-Mail für Nachrichten, wenn niemand da ist',
  support: 'Support',
  snippetPublic: 'Besucher müssen diesen Server unter {host} erreichen.',
  tryWorks: 'Es klappt. Das wird Ihr CRM erfahren.',
  tryMore:
    'Auf der Probeseite sind Sie Besucher. Was geschieht, kommt daneben an, in der Reihenfolge des Chats.',
  todoWrite: 'Eine Nachricht schreiben',
  todoWriteMore: 'mit dem Knopf in der Ecke der Seite',
  todoAnswer: 'Sie beantworten',
  inboxInWindow: 'Posteingang in einem anderen Fenster',
  todoLead: 'Eine E-Mail-Adresse schreiben',
  todoLeadMore: 'Daraus wird ein Lead',
  todoClose: 'Den Chat schließen',
  todoCloseMore: 'Das ganze Protokoll kommt an',
  sinceStart: 'Vom ersten Start von Hark bis zum ersten Ereignis',
  trialPage: 'Probeseite',
  asOnPhone: 'Wie auf einem Telefon',
  ownWindow: 'In einem eigenen Fenster',
  receiver: 'Ereignisse live',
  received: 'Empfangen',
  notGenuine: 'die Signatur ist falsch',
  inOrder: {
    one: '{count} Ereignis, keines fehlt',
    other: '{count} Ereignisse in Reihenfolge, keines fehlt',
  },
  keepsNothing:
    'Diese Seite speichert nichts. Setzen Sie an ihre Stelle Ihr CRM, wann Sie wollen; Ereignisse warten im Protokoll und können später gesendet werden.',
  openInbox: 'Posteingang öffnen',

  // What an inbox says before the first chat.
  firstSteps: 'Willkommen, {name}.',
  firstStepsMore: 'Jeder Schritt kann ausgelassen und später getan werden.',
  departmentIs: 'Abteilung {name}',
  yourselfMore: 'Eine Seite mit dem Widget, daneben was Ihr CRM erfahren würde.',
  openTrial: 'Probeseite öffnen',
  tellCrm: 'Ihrem CRM davon erzählen',
  tellCrmMore:
    'Geben Sie die Adresse an, zu der jedes Ereignis geht. Bis dahin geht nichts verloren: Ereignisse warten im Protokoll und können später gesendet werden.',
  inviteColleagues: 'Das Team einladen',
  inviteColleaguesMore: 'Agenten sehen diesen Posteingang, Manager auch Berichte.',
  invite: 'Einladen',
};

export default de;
