// In which state a chat is, as a mark and a word.
import type { Room } from '../../api/documents.ts';
import type { State } from '../../parts/Icon.tsx';
import type { TextKey } from '../../texts/tables.ts';

export function stateOf({ open, onHold, servedBy }: Room): readonly [State, TextKey] {
  if (open !== true) {
    return ['delivered', 'stateClosed'];
  }
  if (onHold === true) {
    return ['paused', 'stateHeld'];
  }
  return servedBy === undefined ? ['waiting', 'stateQueued'] : ['idle', 'stateOpen'];
}
