import { SERVER } from '../wire/rest.ts';

/** The server draws one for everybody. */
export function Avatar({ name, username }: { readonly name: string; readonly username?: string }) {
  const initial = name.slice(0, 1);
  return username === undefined ? (
    <span class="avatar" aria-hidden="true">
      {initial}
    </span>
  ) : (
    <img
      class="avatar"
      src={`${SERVER}avatar/${encodeURIComponent(username)}`}
      alt=""
      width={32}
      height={32}
    />
  );
}
