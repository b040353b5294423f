import { signal } from '@preact/signals';

/** What is asked in a dialog before it is done. */
export type Question = 'end' | 'department' | 'forget' | 'transcript';

export const asked = signal<Question | undefined>(undefined);

export function ask(question: Question | undefined): void {
  asked.value = question;
}
