// What a visitor does at the end: says how it was, has a copy sent, has everything deleted.
import { Refused } from '../../../shared/answers.ts';
import { close, wipe } from '../chat/acts.ts';
import { register } from '../chat/chat.ts';
import { ended, forgotten, visitor } from '../chat/state.ts';
import { tell } from '../host.ts';
import { memory, remember, token } from '../memory.ts';
import { IN_HEADER, post, remove } from '../wire/rest.ts';

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
