// The pictures of those who work here, as far as they show one.
import { computed } from '@preact/signals';

import { SERVER } from '../api/http.ts';
import { agents, me } from './people.ts';

const tags = computed(() => {
  const all = me.value === undefined ? agents.value : [...agents.value, me.value];
  return new Map(all.map(({ username, avatarETag }) => [username, avatarETag]));
});

/** Where it is: another picture has another address. */
export function pictureOf(username: string | undefined): string | undefined {
  const tag = username === undefined ? undefined : tags.value.get(username);
  return tag === undefined ? undefined : `${SERVER}avatar/${encodeURIComponent(username ?? '')}?etag=${tag}`;
}
