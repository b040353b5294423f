// Which events an endpoint asks for: kinds, whole families (`chat.*`) or everything (`*`).

export const familyOf = (kind: string): string => kind.slice(0, kind.indexOf('.'));
const whole = (family: string): string => `${family}.*`;

export const isWanted = (wanted: readonly string[], kind: string): boolean =>
  wanted.includes('*') || wanted.includes(whole(familyOf(kind))) || wanted.includes(kind);

/** Whether an endpoint is told of a kind, or of some kind of a family. */
export const hears = (wanted: readonly string[], kind: string): boolean =>
  isWanted(wanted, kind) || (kind.endsWith('.*') && wanted.some((one) => familyOf(one) === familyOf(kind)));

/** The same with every kind by its own name. */
const spelledOut = (wanted: readonly string[], kinds: readonly string[]): readonly string[] =>
  kinds.filter((kind) => isWanted(wanted, kind));

export function withKind(wanted: readonly string[], kind: string, kinds: readonly string[]): readonly string[] {
  if (!isWanted(wanted, kind)) {
    return [...wanted, kind];
  }
  if (wanted.includes('*')) {
    return spelledOut(wanted, kinds).filter((other) => other !== kind);
  }
  const family = familyOf(kind);
  const others = wanted.filter((one) => one !== kind && one !== whole(family));
  const siblings = wanted.includes(whole(family)) ? kinds.filter((other) => familyOf(other) === family && other !== kind) : [];
  return [...others, ...siblings.filter((sibling) => !others.includes(sibling))];
}

/** A family that is wanted as a whole is left out, and any other is wanted as a whole, with what it gets later. */
export function withFamily(wanted: readonly string[], family: string, kinds: readonly string[]): readonly string[] {
  const own = kinds.filter((kind) => familyOf(kind) === family);
  const isWhole = own.every((kind) => isWanted(wanted, kind));
  const rest = (wanted.includes('*') ? spelledOut(wanted, kinds) : wanted).filter(
    (one) => one !== whole(family) && !own.includes(one),
  );
  return isWhole ? rest : [...rest, whole(family)];
}
