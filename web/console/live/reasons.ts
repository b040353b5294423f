// Why something did not work, in words.
import { Refused, Unreachable } from '../../shared/answers.ts';
import { t } from '../texts.ts';

export function reason(error: unknown): string {
  if (error instanceof Unreachable) {
    return error.tooFast ? t('tooFast') : t('unreachable');
  }
  if (!(error instanceof Refused)) {
    return t('unreachable');
  }
  switch (error.code) {
    case 'error-inquiry-taken':
    case 'inquiry-not-found':
    case 'error-not-found':
      return t('takenAlready');
    case 'room-closed':
    case 'error-room-closed':
    case 'This_conversation_is_already_closed':
      return t('chatIsClosed');
    case 'error-cannot-place-chat-on-hold':
      return t('cannotHold');
    case 'error-not-allowed':
    case 'error-unauthorized':
    case 'unauthorized':
      return t('notAllowed');
    default:
      // The server's own words, without the code at their end.
      return error.message.replace(/ \[[^\]]*\]$/, '');
  }
}
