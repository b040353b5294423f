// Why something did not work, in words.
import { Refused, Unreachable } from '../../shared/answers.ts';
import { t } from '../texts.ts';
import type { TextKey } from '../texts/tables.ts';

/** Somebody else has the chat, or nobody any more. */
export const isTaken = (error: unknown): boolean =>
  error instanceof Refused && ['error-inquiry-taken', 'inquiry-not-found', 'error-not-found'].includes(error.code);

const WORDS: Readonly<Record<string, TextKey>> = {
  'room-closed': 'chatIsClosed',
  'error-room-closed': 'chatIsClosed',
  'error-room-already-closed': 'chatIsClosed',
  This_conversation_is_already_closed: 'chatIsClosed',
  'error-cannot-place-chat-on-hold': 'cannotHold',
  'error-not-allowed': 'notAllowed',
  'error-unauthorized': 'notAllowed',
  unauthorized: 'notAllowed',
  Not_authorized: 'notAllowed',
  'error-not-authorized': 'notAllowed',
  'error-action-not-allowed': 'notAllowed',
  // The same code, for another reason.
  'Leaving the app without admins is not allowed': 'lastAdministrator',
  'error-max-number-simultaneous-chats-reached': 'agentFull',
  'error-agent-status-service-offline': 'takerAway',
  'error-user-is-offline': 'nobodyThere',
  'error-no-agents-online-in-department': 'nobodyThere',
  'error-selected-agent-room-agent-are-same': 'isThereAlready',
  'error-forwarding-chat-same-department': 'isThereAlready',
  'error-forwarding-department-target-not-allowed': 'notFromHere',
  'error-user-not-belong-to-department': 'notFromHere',
  'error-comment-is-required': 'commentNeeded',
  'error-tags-must-be-assigned-before-closing-chat': 'tagNeeded',
  'error-message-size-exceeded': 'textTooLong',
  'error-file-too-large': 'fileTooLarge',
  'error-invalid-file-type': 'fileNotTaken',
};

export function reason(error: unknown): string {
  if (error instanceof Unreachable) {
    return error.tooFast ? t('tooFast') : t('unreachable');
  }
  if (!(error instanceof Refused)) {
    return t('unreachable');
  }
  if (isTaken(error)) {
    return t('takenAlready');
  }
  // Without the code at their end.
  const said = error.message.replace(/ \[[^\]]*\]$/, '');
  const words = WORDS[said] ?? WORDS[error.code];
  return words === undefined ? said : t(words);
}
