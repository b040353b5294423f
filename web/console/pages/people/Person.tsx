import type { Presence } from '../../api/documents.ts';
import { Avatar } from '../../parts/Avatar.tsx';

interface Props {
  readonly name: string;
  readonly username: string;
  readonly status?: Presence | undefined;
}

/** A face and a name. */
export function Person({ name, username, status }: Props) {
  return (
    <span class="people-name">
      <Avatar name={name} username={username} size={24} presence={status} />
      <bdi>{name}</bdi>
    </span>
  );
}
