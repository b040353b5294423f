// A quote is a link to the message in front of the words, by which the server knows what is quoted.
import { signal } from '@preact/signals';

import type { Message } from '../api/documents.ts';
import { SERVER } from '../api/http.ts';

/** The message that the words to come are an answer to, if any. */
export const quoting = signal<Message | undefined>(undefined);

const LINK = /^(?:\[ ?\]\(https?:\/\/[^\s)]+[?&]msg=[^\s)]+\)\s*)+/;

export const quoted = ({ rid, _id }: Message, words: string): string =>
  `[ ](${SERVER}live/${rid}?msg=${_id}) ${words}`;

/** The words without what they quote. */
export const wordsOf = (text: string): string => text.replace(LINK, '');
