// The message of one's own that is being changed, if any.
import { signal } from '@preact/signals';

import type { Message } from '../../api/documents.ts';

export const editing = signal<Message | undefined>(undefined);
