// Nobody is there, and no message can be left.
import { config } from '../chat/state.ts';
import { Formatted } from '../formatted.tsx';
import { Hours } from './Hours.tsx';

/** When somebody will be, and what the operator says of it. */
export function Unavailable() {
  const words = config.value?.messages.offlineUnavailableMessage ?? '';
  return (
    <>
      <Hours isCard />
      {words === '' ? null : (
        <p class="aside" dir="auto">
          <Formatted text={words} />
        </p>
      )}
    </>
  );
}
