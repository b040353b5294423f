import './widget.css';

import type { Appearance as Looks } from '../../live/appearance.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { UnreadPage } from '../../parts/UnreadPage.tsx';
import { t } from '../../texts.ts';
import { draftOf } from './draft.ts';
import { type Bound, OnOff, Words } from './Fields.tsx';
import { useLooks, useLooksForm } from './looks.ts';
import { Preview } from './Preview.tsx';

/** What visitors fill in before a chat, and while nobody is there. */
export function Forms() {
  const read = useLooks('placeForms');
  return read.value === undefined ? <UnreadPage title={t('placeForms')} reading={read} /> : <Loaded looks={read.value} again={read.again} />;
}

interface LoadedProps {
  readonly looks: Looks;
  readonly again: () => Promise<void>;
}

function Loaded({ looks, again }: LoadedProps) {
  const form = useLooksForm(looks, again);
  const bound: Bound = { form, fixed: looks.fixed };
  const has = (id: string): boolean => form.value[id] === true;
  const names = {
    Livechat_registration_form: t('asksBefore'),
    Livechat_name_field_registration_form: t('asksName'),
    Livechat_email_field_registration_form: t('asksMail'),
    Livechat_registration_form_message: t('textAboveForm'),
    Livechat_display_offline_form: t('takesMessages'),
    Livechat_offline_message: t('textAboveOffline'),
    Livechat_offline_email: t('offlineMail'),
    Livechat_offline_success_message: t('textAfterOffline'),
    Livechat_offline_form_unavailable: t('textInstead'),
  };
  return (
    <main id="main" tabIndex={-1} class="page wg-page">
      <header class="page-head">
        <h1>{t('placeForms')}</h1>
      </header>
      <div class="wg-two">
        <div class="wg-form">
          <h2>{t('formBefore')}</h2>
          <OnOff {...bound} id="Livechat_registration_form" label={t('asksBefore')} />
          {has('Livechat_registration_form') ? (
            <>
              <OnOff {...bound} id="Livechat_name_field_registration_form" label={t('asksName')} />
              <OnOff {...bound} id="Livechat_email_field_registration_form" label={t('asksMail')} />
              <Words {...bound} id="Livechat_registration_form_message" label={t('textAboveForm')} rows={2} />
            </>
          ) : null}
          <h2>{t('formAway')}</h2>
          <OnOff {...bound} id="Livechat_display_offline_form" label={t('takesMessages')} />
          {has('Livechat_display_offline_form') ? (
            <>
              <Words {...bound} id="Livechat_offline_message" label={t('textAboveOffline')} rows={3} />
              <Words {...bound} id="Livechat_offline_email" label={t('offlineMail')} help={t('offlineMailMore')} />
              <Words {...bound} id="Livechat_offline_success_message" label={t('textAfterOffline')} rows={2} />
            </>
          ) : (
            <Words {...bound} id="Livechat_offline_form_unavailable" label={t('textInstead')} rows={3} />
          )}
        </div>
        <Preview draft={draftOf(form.value)} states={['form', 'home', 'away']} />
      </div>
      <SaveBar form={form} names={names} />
    </main>
  );
}
