import { mayAnswer } from './people.ts';

/** What changes seldom is read once for each load of the page, for those who answer; what could not be read, again. */
export function once(read: () => Promise<void>): () => Promise<void> {
  let reading: Promise<void> | undefined;
  return async () => {
    if (mayAnswer.peek()) {
      reading ??= read();
      reading.catch(() => {
        reading = undefined;
      });
      await reading;
    }
  };
}
