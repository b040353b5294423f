// What a visitor does with his chat besides writing in it.
import { Refused } from '../../../shared/answers.ts';
import { forget, memory, token } from '../memory.ts';
import { post } from '../wire/rest.ts';
import { becomeNobody, end, register, renew } from './chat.ts';
import { catchUp } from './messages.ts';
import { ended, give, given } from './state.ts';

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
