import './widget.css';

import type { Appearance as Looks } from '../../live/appearance.ts';
import { mayChangeSettings } from '../../live/people.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Segments } from '../../parts/Segments.tsx';
import { UnreadPage } from '../../parts/UnreadPage.tsx';
import { t } from '../../texts.ts';
import { ColourField } from './ColourField.tsx';
import { draftOf, FIRST } from './draft.ts';
import { type Bound, OnOff, Words } from './Fields.tsx';
import { useLooks, useLooksForm } from './looks.ts';
import { ALL_STATES, Preview } from './Preview.tsx';

/** How the widget looks, with what it will be beside it. */
export function Appearance() {
  const read = useLooks('placeAppearance');
  return read.value === undefined ? <UnreadPage title={t('placeAppearance')} reading={read} /> : <Loaded looks={read.value} again={read.again} />;
}

interface LoadedProps {
  readonly looks: Looks;
  readonly again: () => Promise<void>;
}

function Loaded({ looks, again }: LoadedProps) {
  const form = useLooksForm(looks, again);
  const bound: Bound = { form, fixed: looks.fixed };
  const main = String(form.value['Livechat_title_color'] ?? '');
  const offline = String(form.value['Livechat_offline_title_color'] ?? '');
  const follows = offline === FIRST;
  const colour = (id: string) => ({
    ...form.of(id),
    isFixed: looks.fixed.has(id),
    change: (value: string) => form.change({ [id]: value }),
  });
  const names = {
    Livechat_title_color: t('mainColour'),
    Livechat_offline_title_color: t('offlineColour'),
    Livechat_title: t('titleOfWidget'),
    Livechat_welcome_greeting: t('widgetGreeting'),
    Livechat_quick_starts: t('quickStarts'),
    Livechat_offline_title: t('offlineTitle'),
    Livechat_conversation_finished_message: t('endedTitle'),
    Livechat_conversation_finished_text: t('endedText'),
    Livechat_widget_position: t('widgetSide'),
    Livechat_show_agent_info: t('showsAgents'),
    Livechat_show_faces: t('showsFaces'),
    Livechat_hide_watermark: t('hidesName'),
  };
  return (
    <main id="main" tabIndex={-1} class="page wg-page">
      <header class="page-head">
        <h1>{t('placeAppearance')}</h1>
      </header>
      <div class="wg-two">
        <div class="wg-form">
          <h2>{t('colours')}</h2>
          <ColourField label={t('mainColour')} value={main} {...colour('Livechat_title_color')} />
          <ColourField
            label={t('offlineColour')}
            value={follows ? main : offline}
            above={{ is: follows, follow: () => form.change({ Livechat_offline_title_color: FIRST }) }}
            {...colour('Livechat_offline_title_color')}
          />
          <h2>{t('wordsOfWidget')}</h2>
          <Words {...bound} id="Livechat_title" label={t('titleOfWidget')} placeholder={t('inVisitorsLanguage')} />
          {mayChangeSettings() ? (
            <>
              <Words {...bound} id="Livechat_welcome_greeting" label={t('widgetGreeting')} placeholder={t('inVisitorsLanguage')} />
              <Words {...bound} id="Livechat_quick_starts" label={t('quickStarts')} help={t('oneInALine')} rows={3} />
            </>
          ) : null}
          <Words {...bound} id="Livechat_offline_title" label={t('offlineTitle')} />
          <Words {...bound} id="Livechat_conversation_finished_message" label={t('endedTitle')} />
          <Words {...bound} id="Livechat_conversation_finished_text" label={t('endedText')} rows={2} />
          <h2>{t('placeAndPeople')}</h2>
          <div class="choice">
            <span role="group" aria-label={t('widgetSide')}>
              <Segments
                choices={[
                  ['left', t('sideStart')],
                  ['right', t('sideEnd')],
                ]}
                chosen={String(form.value['Livechat_widget_position'])}
                {...(looks.fixed.has('Livechat_widget_position') ? {} : { choose: (side: string) => form.change({ Livechat_widget_position: side }) })}
              />
            </span>
            <span class="meta">{t('sideMore')}</span>
          </div>
          <OnOff {...bound} id="Livechat_show_agent_info" label={t('showsAgents')} />
          {mayChangeSettings() ? <OnOff {...bound} id="Livechat_show_faces" label={t('showsFaces')} /> : null}
        </div>
        <Preview draft={draftOf(form.value)} states={ALL_STATES} />
      </div>
      <SaveBar form={form} names={names} />
    </main>
  );
}
