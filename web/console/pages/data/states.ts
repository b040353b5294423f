import type { Conversation } from '../../live/conversations.ts';
import { t } from '../../texts.ts';

export const STATES = ['queued', 'served', 'on-hold', 'closed'] as const;

const NAMES = { queued: 'inQueue', served: 'chatServed', 'on-hold': 'onHold', closed: 'chatOver' } as const;

export const stateName = (state: Conversation['state']): string => t(NAMES[state]);
