import '../../parts/list-page.css';
import './system.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { readHealth } from '../../live/health.ts';
import { readMailSettings, testMail, type TestedMail } from '../../live/mail.ts';
import { may, mayChangeSettings } from '../../live/people.ts';
import { type Setting, type Values } from '../../live/settings.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import type { Form } from '../../parts/form.ts';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { CHANGING_MS, type Reading, useReading } from '../../parts/reading.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { UnreadPage } from '../../parts/UnreadPage.tsx';
import { number, shortly, t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { Control, showsOf, WrongValue } from './Control.tsx';
import { Facts, sinceOf } from './Facts.tsx';
import { useSettings } from './own.ts';

/** In the order of the form: how each setting is called, and what is said of it. */
const FIELDS: readonly (readonly [id: string, name: TextKey, help?: TextKey])[] = [
  ['SMTP_Host', 'smtpHost', 'smtpHostHelp'],
  ['SMTP_Port', 'smtpPort', 'smtpPortHelp'],
  ['SMTP_Protocol', 'smtpProtocol', 'smtpProtocolHelp'],
  ['SMTP_Username', 'smtpUsername'],
  ['SMTP_Password', 'smtpPassword'],
  ['From_Email', 'fromEmail', 'fromEmailHelp'],
];

/** By which server mail goes out, whether it does, and what waits. */
export function Mail() {
  const settings = useReading(readMailSettings);
  useEffect(() => {
    document.title = `${t('placeMail')} · Hark`;
  }, []);
  const { value, again } = settings;
  return value === undefined ? <UnreadPage title={t('placeMail')} reading={settings} /> : <Loaded all={value} again={again} />;
}

interface LoadedProps {
  readonly all: readonly Setting[];
  readonly again: () => Promise<void>;
}

function Loaded({ all, again }: LoadedProps) {
  const form = useSettings({ all, read: readMailSettings, again });
  const names = Object.fromEntries(FIELDS.map(([id, name]) => [id, t(name)]));
  return (
    <main id="main" tabIndex={-1} class="page ml-page">
      <header class="page-head">
        <h1>{t('placeMail')}</h1>
      </header>
      <div class="page-body">
        <section class="ml-form" aria-labelledby="ml-server">
          <h2 id="ml-server">{t('mailServer')}</h2>
          {FIELDS.flatMap(([id, name, help]) => {
            const setting = all.find((one) => one.id === id);
            return setting === undefined ? [] : [<One key={id} setting={{ ...setting, name: t(name) }} help={help === undefined ? '' : t(help)} form={form} />];
          })}
        </section>
        {mayChangeSettings() ? <Test /> : null}
        {may('view-statistics') ? <Outbox /> : null}
      </div>
      <SaveBar form={form} names={names} shows={showsOf(all)} />
    </main>
  );
}

interface OneProps {
  readonly setting: Setting;
  readonly help: string;
  readonly form: Form<Values>;
}

function One({ setting, help, form }: OneProps) {
  const { id, name, fixedBy } = setting;
  const isFixed = fixedBy !== null;
  const { isChanged, error = '' } = form.of(id);
  const about = `ml-about-${id}`;
  const change = isFixed || !mayChangeSettings() ? undefined : (next: Values[string]): void => form.change({ [id]: next });
  const more = isFixed ? t('fixedMore') : help;
  return (
    <div class="field">
      <div class="label">{name}</div>
      <Control setting={setting} value={form.value[id] ?? null} isChanged={isChanged} isWrong={error !== ''} about={about} change={change} />
      <WrongValue words={error} about={about} />
      <p class="help" id={isFixed ? undefined : about}>
        {more}
      </p>
    </div>
  );
}

function Test() {
  const { fault, isBusy, run } = useAttempt();
  const tested = useSignal<TestedMail | undefined>(undefined);
  const send = (): void =>
    run(async () => {
      tested.value = undefined;
      tested.value = await testMail();
    });
  return (
    <section aria-labelledby="ml-test">
      <h2 id="ml-test">{t('testLetter')}</h2>
      <p class="quiet">{t('testLetterMore')}</p>
      <p>
        <button type="button" class="button" aria-disabled={isBusy.value} aria-busy={isBusy.value} onClick={send}>
          <Icon name="send" />
          {t('sendTestLetter')}
        </button>
      </p>
      <FaultLine words={fault.value} />
      <div role="status">{tested.value === undefined ? null : <Went tested={tested.value} />}</div>
    </section>
  );
}

function Went({ tested: { sent, recipient, error, millis } }: { readonly tested: TestedMail }) {
  return sent ? (
    <p class="banner banner-good">
      <Icon name="check" />
      {t('testWent', { address: recipient, time: shortly(millis) })}
    </p>
  ) : (
    <div class="banner banner-fault">
      <Icon name="alert" />
      <div>
        <p>{t('testFailed', { address: recipient })}</p>
        <p lang="en" dir="ltr" class="he-said">
          {error}
        </p>
      </div>
    </div>
  );
}

function Outbox() {
  const read = useReading(readHealth, '', CHANGING_MS);
  return (
    <section aria-labelledby="ml-outbox">
      <h2 id="ml-outbox">{t('outbox')}</h2>
      <Waiting read={read} />
    </section>
  );
}

function Waiting({ read: { value, error, again } }: { readonly read: Reading<Awaited<ReturnType<typeof readHealth>>> }) {
  if (value === undefined) {
    return error === undefined ? <Skeleton rows={2} /> : <NotRead error={error} again={() => void again()} />;
  }
  const { mail, findings } = value;
  if (mail.waiting === 0) {
    return <p class="quiet">{t('outboxEmpty')}</p>;
  }
  const why = findings.find(({ kind }) => kind === 'mail-failing')?.detail ?? null;
  return (
    <>
      <Facts
        facts={[
          [t('mailsWaiting'), number(mail.waiting)],
          [t('oldestMail'), sinceOf(mail.oldestAt)],
        ]}
      />
      {why === null ? null : (
        <div class="ml-why">
          <p class="quiet">{t('outboxWhy')}</p>
          <p lang="en" dir="ltr" class="he-said">
            {why}
          </p>
        </div>
      )}
    </>
  );
}
