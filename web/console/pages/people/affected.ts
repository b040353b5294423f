// Who gains and who loses by what is changed of a permission.
import type { Account } from '../../live/staff.ts';

/** The roles that each permission is granted to. */
export type Grants = Readonly<Record<string, readonly string[]>>;

export interface Affected {
  readonly account: Account;
  readonly gains: boolean;
}

export const mayDo = (id: string, grants: Grants, { roles }: Account): boolean => roles.some((role) => grants[id]?.includes(role) === true);

export function affected(id: string, was: Grants, is: Grants, accounts: readonly Account[]): readonly Affected[] {
  return accounts.flatMap((account) => {
    const gains = mayDo(id, is, account);
    return account.active && gains !== mayDo(id, was, account) ? [{ account, gains }] : [];
  });
}
