// What is in a form, as the widget's configuration has it.
import type { Values } from '../../live/settings.ts';
import type { Draft } from './Preview.tsx';

/** As long as it is this one, the widget keeps its colour while nobody is there. */
export const FIRST = '#1F6F54';
const MOST_STARTS = 5;

export function draftOf(values: Values): Draft {
  const of = (id: string): string => {
    const value = values[`Livechat_${id}`];
    return typeof value === 'string' ? value : '';
  };
  const has = (id: string): boolean => values[`Livechat_${id}`] === true;
  const lines = of('quick_starts').split('\n').map((line) => line.trim());
  const offline = of('offline_title_color');
  return {
    settings: {
      agentHiddenInfo: !has('show_agent_info'),
      displayOfflineForm: has('display_offline_form'),
      registrationForm: has('registration_form'),
      nameFieldRegistrationForm: has('name_field_registration_form'),
      emailFieldRegistrationForm: has('email_field_registration_form'),
    },
    theme: {
      title: of('title'),
      color: of('title_color'),
      offlineTitle: of('offline_title'),
      offlineColor: offline === FIRST ? of('title_color') : offline,
      background: of('background'),
      position: of('widget_position'),
    },
    messages: {
      offlineMessage: of('offline_message'),
      offlineUnavailableMessage: of('offline_form_unavailable'),
      offlineSuccessMessage: of('offline_success_message'),
      conversationFinishedMessage: of('conversation_finished_message'),
      conversationFinishedText: of('conversation_finished_text'),
      registrationFormMessage: of('registration_form_message'),
    },
    welcome: {
      greeting: of('welcome_greeting'),
      starts: lines.filter((line) => line !== '').slice(0, MOST_STARTS),
      privacyLink: of('privacy_link'),
      hasFaces: has('show_faces') && has('show_agent_info'),
    },
  };
}
