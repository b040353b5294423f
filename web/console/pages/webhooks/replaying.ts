// The replays of the endpoint that is open, the latest first. The server has them; they are read again as long as one runs.
import { signal } from '@preact/signals';

import type { Replay } from '../../live/replays.ts';

export const replays = signal<readonly Replay[]>([]);
