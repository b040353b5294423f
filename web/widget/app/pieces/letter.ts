// A message that is left while nobody is there.
import { close } from '../chat/acts.ts';
import { putAway } from '../chat/chat.ts';
import { agent, given, isRunning, leavingMessage } from '../chat/state.ts';
import { lastPage } from '../chat/trail.ts';
import { callback } from '../host.ts';
import { draftText } from '../memory.ts';
import { post } from '../wire/rest.ts';

export interface OfflineForm {
  readonly name: string;
  readonly email: string;
  readonly message: string;
  readonly department?: string;
}

export async function leave(form: OfflineForm): Promise<void> {
  const page = given.peek().parentUrl ?? lastPage() ?? '';
  const host = URL.canParse(page) ? { host: new URL(page).origin } : {};
  await post('livechat/offline.message', { ...form, ...host });
  draftText('');
  callback('offline-form-submit', form);
  // He does not wait any more.
  if (isRunning.peek() && agent.peek() === undefined) {
    await close().catch(() => undefined);
    putAway();
    leavingMessage.value = true;
  }
}
