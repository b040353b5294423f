// Who the visitor is by the word of the site. Loaded where a site says it.
import { Refused, Unreachable } from '../../../shared/answers.ts';
import { callback } from '../host.ts';
import { memory, remember } from '../memory.ts';
import { post } from '../wire/rest.ts';
import { wipe } from '../chat/acts.ts';
import { become, keepChat, renew } from '../chat/chat.ts';
import { visitor } from '../chat/state.ts';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

interface Identified {
  readonly id: string;
  readonly token: string;
}

/** The visitor becomes the one whom the site has signed, unless it has said something newer meanwhile. */
export async function identify(identity: string, isWanted: () => boolean): Promise<void> {
  try {
    const found = await ask(identity, isWanted);
    if (found !== undefined) {
      await take(found);
    }
  } catch (error) {
    if (error instanceof Refused && isWanted()) {
      await refused(error);
    }
    throw error;
  }
}

/** However long it takes. */
async function ask(identity: string, isWanted: () => boolean): Promise<Identified | undefined> {
  for (let failures = 0; isWanted(); failures += 1) {
    try {
      const { token } = memory.peek();
      const body = { identity, ...(token === undefined ? {} : { token }) };
      const found = await post<Identified>('widget/identity', body, 'hark/v1');
      return isWanted() ? found : undefined;
    } catch (error) {
      if (!(error instanceof Unreachable)) {
        throw error;
      }
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      await new Promise((done) => {
        setTimeout(done, Math.max(pause, error.wait));
      });
    }
  }
  return undefined;
}

async function take({ id, token }: Identified): Promise<void> {
  const before = visitor.peek();
  if (token !== memory.peek().token) {
    if (before === undefined || before._id === id) {
      // The chat that runs is his, and what he has begun to write.
      keepChat(token);
    } else {
      await become(token);
    }
  }
  remember({ vouched: true });
  await renew();
}

/** The person whom the site vouched for is not believed to be here any more. */
async function refused({ code, message }: Refused): Promise<void> {
  callback('identity-refused', { reason: code, message });
  if (memory.peek().vouched === true) {
    wipe();
    await renew();
  }
}
