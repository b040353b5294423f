import { siteTheme } from '../look.ts';
import { SERVER } from '../wire/rest.ts';

interface Given {
  readonly name: string;
  readonly username?: string;
  /** Who it is a sign of (`shop`), or how they are. */
  readonly kind?: string;
}

/** Whether the site lets pictures of agents be shown. */
export const hasFaces = (): boolean => siteTheme.value.hideAgentAvatar !== true;

/** The server draws one for everybody. Without a name by which it knows them it is the first letter. */
export function Avatar({ name, username, kind = '' }: Given) {
  return (
    <span class={`avatar ${kind}`} aria-hidden="true">
      {username === undefined ? (
        // Not half of a character.
        /./u.exec(name)?.[0]
      ) : (
        <img src={`${SERVER}avatar/${encodeURIComponent(username)}`} alt="" />
      )}
    </span>
  );
}
