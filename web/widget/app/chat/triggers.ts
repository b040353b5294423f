// When somebody speaks to the visitor without being asked. What is said then is a piece of its own.
import { config } from './state.ts';

/** The moment of a trigger has come. */
export async function run(id: string): Promise<void> {
  const { run: say } = await import('../pieces/greeting.ts');
  await say(id);
}

function runAll(moment: string): void {
  for (const { _id, conditions } of config.peek()?.triggers ?? []) {
    if (conditions[0]?.name === moment) {
      run(_id).catch(() => undefined);
    }
  }
}

export const afterOpening = (): void => runAll('chat-opened-by-visitor');
export const afterRegistration = (): void => runAll('after-guest-registration');
