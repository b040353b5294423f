// The tags that are offered for chats.
import { signal } from '@preact/signals';

import type { Room } from '../api/documents.ts';
import { get } from '../api/http.ts';
import { once } from './once.ts';
import { departments } from './people.ts';

interface Tag {
  readonly name: string;
  /** Where it is offered; everywhere, if there is none. */
  readonly departments: readonly string[];
}

const tags = signal<readonly Tag[]>([]);

export const readTags = once(async () => {
  const found = await get<{ readonly tags: readonly Tag[] }>('livechat/tags', { text: '', viewAll: 'true', count: 100 });
  tags.value = found.tags;
});

/** All of them, also those that departments ask for. */
export const tagNames = (): readonly string[] => [...tags.value.map(({ name }) => name), ...departments.value.flatMap(({ chatClosingTags = [] }) => chatClosingTags)];

/** Those that the chat's department asks for come first. */
export function offeredFor({ departmentId }: Room): readonly string[] {
  const asked = departments.value.find(({ _id }) => _id === departmentId)?.chatClosingTags ?? [];
  const others = tags.value.filter((tag) => tag.departments.length === 0 || tag.departments.includes(departmentId ?? ''));
  return [...new Set([...asked, ...others.map(({ name }) => name)])];
}
