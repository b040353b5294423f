// The chat whose end is asked for from another place than its head.
import { signal } from '@preact/signals';

export const closingRoom = signal<string | undefined>(undefined);
