// Parts of the panel that are not needed when it opens. Each comes when it is wanted, and is asked for until it
// is there.
import { signal } from '@preact/signals';

const AGAIN_MS = 3000;

function piece<Piece>(load: () => Promise<Piece>) {
  const there = signal<Piece | undefined>(undefined);
  let isComing = false;
  const bring = (): void => {
    if (isComing) {
      return;
    }
    isComing = true;
    void come();
  };
  const come = async (): Promise<void> => {
    try {
      there.value = await load();
    } catch {
      isComing = false;
      setTimeout(bring, AGAIN_MS);
    }
  };
  return { there, bring };
}

export const asking = piece(() => import('../pieces/asking.tsx'));
export const away = piece(() => import('../pieces/away.tsx'));
