// What is to be known of visitors and of chats.
import type { Trial } from '../api/generated/hark.ts';
import { call, get, post } from '../api/http.ts';
import { Refused } from '../../shared/answers.ts';
import { whole } from './whole.ts';

export interface Field {
  readonly _id: string;
  readonly label: string;
  readonly scope: 'visitor' | 'room';
  readonly visibility: string;
  readonly searchable: boolean;
  readonly type: 'input' | 'select';
  readonly required: boolean;
  readonly public: boolean;
  readonly regexp?: string;
  readonly defaultValue?: string;
  /** With commas between. */
  readonly options?: string;
}

export interface FieldDraft {
  readonly field: string;
  readonly label: string;
  readonly scope: Field['scope'];
  readonly visible: boolean;
  readonly type: Field['type'];
  readonly options: readonly string[];
  readonly regexp: string;
  readonly defaultValue: string;
  readonly required: boolean;
  readonly public: boolean;
  readonly searchable: boolean;
}

export const readFields = (): Promise<readonly Field[]> => whole<Field>('livechat/custom-fields', 'customFields');

export async function readField(id: string): Promise<Field> {
  const { customField } = await get<{ readonly customField: Field | null }>(`livechat/custom-fields/${encodeURIComponent(id)}`);
  if (customField === null) {
    throw new Refused(404, { error: 'error-invalid-custom-field' });
  }
  return customField;
}

/** A choice may have no comma in it: they stand between choices. */
export const choicesOf = (options: string | undefined): readonly string[] =>
  (options ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '');

export const saveField = (id: string | undefined, { visible, options, ...draft }: FieldDraft): Promise<Field> =>
  call<Field>('livechat:saveCustomField', [
    id ?? null,
    { ...draft, visibility: visible ? 'visible' : 'hidden', options: draft.type === 'select' ? options.join(',') : '' },
  ]);

export const removeField = (id: string): Promise<unknown> => call('livechat:removeCustomField', [id]);

export type { Trial };

/** What the server finds with a pattern, which is what counts. */
export const tryPattern = (pattern: string, text: string): Promise<Trial> => post<Trial>('patterns/try', { pattern, text }, 'hark/v1');
