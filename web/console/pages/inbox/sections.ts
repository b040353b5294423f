// The parts of what is beside a chat to which a key leads.
import { signal } from '@preact/signals';

export type Section = 'visitor' | 'tags' | 'webhooks';

/** The one that was asked for and has not got the focus yet. */
export const wantedSection = signal<Section | undefined>(undefined);
