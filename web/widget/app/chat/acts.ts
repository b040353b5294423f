// What a visitor does with his chat besides writing in it.
import { Refused } from '../../../shared/answers.ts';
import { callback, tell } from '../host.ts';
import { draftText, forget, memory, remember, token } from '../memory.ts';
import { IN_HEADER, post, remove } from '../wire/rest.ts';
import { becomeNobody, end, putAway, register, renew } from './chat.ts';
import { catchUp } from './messages.ts';
import {
  agent,
  ended,
  forgotten,
  give,
  given,
  isRunning,
  leavingMessage,
  visitor,
} from './state.ts';
import { lastPage } from './trail.ts';

export async function close(): Promise<void> {
  const { rid } = memory.peek();
  if (rid === undefined) {
    return;
  }
  try {
    await post('livechat/room.close', { rid, token: token() });
  } catch (error) {
    // Somebody else was faster; it is closed.
    if (!(error instanceof Refused && /closed|invalid-room/.test(error.code))) {
      throw error;
    }
  }
  await catchUp(rid, token()).catch(() => undefined);
  end();
}

export async function rate(stars: number, comment: string): Promise<void> {
  const { rid } = memory.peek();
  const data = [{ name: 'satisfaction', value: String(stars) }];
  if (comment.trim() !== '') {
    data.push({ name: 'additionalFeedback', value: comment.trim() });
  }
  await post('livechat/room.survey', { rid, token: token(), data });
  remember({ rated: rid });
}

/** It goes to nobody but the visitor, so the address has to be theirs first. */
export async function sendTranscript(email: string): Promise<void> {
  const own = visitor.peek()?.visitorEmails ?? [];
  if (!own.some(({ address }) => address.toLowerCase() === email.toLowerCase())) {
    await register({ email });
  }
  await post('livechat/transcript', { token: token(), rid: memory.peek().rid, email });
}

export async function changeDepartment(department: string): Promise<void> {
  const { rid } = memory.peek();
  if (rid === undefined || ended.peek()) {
    give({ department });
    await register({ department });
  } else {
    await post('livechat/room.transfer', { rid, token: token(), department });
  }
  await renew();
}

/** Nothing of the visitor stays in this browser. What the site wants of the chat stays. */
export function wipe(): void {
  becomeNobody();
  forget();
  const { name: _name, email: _email, phone: _phone, metadata: _metadata, ...ofSite } = given.peek();
  given.value = { ...ofSite, fields: [] };
}

/** Ends what runs and has everything about the visitor deleted, here and on the server. */
export async function forgetMe(): Promise<void> {
  if (memory.peek().rid !== undefined && !ended.peek()) {
    await close();
  }
  try {
    await remove(`livechat/visitor/${IN_HEADER}`, token());
  } catch (error) {
    // There is nothing to delete of one whom the server does not know.
    if (!(error instanceof Refused && error.code === 'invalid-token')) {
      throw error;
    }
  }
  wipe();
  forgotten.value = true;
  tell('state', { unread: 0, said: '', running: false });
}

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
