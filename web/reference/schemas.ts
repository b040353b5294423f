// What a JSON Schema says, in the few forms in which our documents say it.
import type { Schema } from './documents.ts';

/** Finds what a `$ref` names. */
export type Find = (reference: string) => Schema | undefined;

export function finder(root: object): Find {
  return (reference) => {
    let at: unknown = root;
    for (const part of reference.split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      at = (at as Readonly<Record<string, unknown>> | undefined)?.[name];
    }
    return at as Schema | undefined;
  };
}

/** With what a reference leads to, and with the parts of an `allOf` as one. */
export function resolved(schema: Schema, find: Find): Schema {
  const { $ref, allOf = [], ...own } = schema;
  const referred = $ref === undefined ? undefined : find($ref);
  const parts = [...(referred === undefined ? [] : [referred]), ...allOf].map((part) => resolved(part, find));
  if (parts.length === 0) {
    return own;
  }
  return Object.assign({}, ...parts, own, {
    properties: Object.assign({}, ...parts.map((part) => part.properties), own.properties),
    required: [...parts, own].flatMap((part) => part.required ?? []),
  }) as Schema;
}

/** A schema without its `null`, and whether that was one of its values. */
export function present(schema: Schema, find: Find): readonly [Schema, boolean] {
  const whole = resolved(schema, find);
  const choices = whole.anyOf ?? [];
  const others = choices.filter((choice) => choice.type !== 'null');
  const [only] = others;
  if (only !== undefined && others.length === 1 && choices.length === 2) {
    const description = whole.description ?? resolved(only, find).description;
    const inner = resolved(only, find);
    return [description === undefined ? inner : { ...inner, description }, true];
  }
  if (Array.isArray(whole.type) && whole.type.includes('null')) {
    const types = whole.type.filter((type) => type !== 'null');
    return [{ ...whole, type: types.length === 1 ? (types[0] ?? 'null') : types }, true];
  }
  return [whole, false];
}

/** The schemas of the members of an object, or of what a list is of. */
export function membersOf(schema: Schema, find: Find): readonly [string, Schema, boolean][] {
  const [whole] = present(schema, find);
  if (whole.items !== undefined) {
    return membersOf(whole.items, find);
  }
  const required = new Set(whole.required ?? []);
  return Object.entries(whole.properties ?? {}).map(([name, member]) => [name, member, required.has(name)]);
}

/** Alternatives that are more than a `null`. */
export function choicesOf(schema: Schema, find: Find): readonly Schema[] {
  const [whole] = present(schema, find);
  return whole.oneOf ?? whole.anyOf ?? [];
}

/** One line: `string, date-time`, `list of integer, 1–200`. */
export function typeOf(schema: Schema, find: Find): string {
  const [whole, nullable] = present(schema, find);
  const or = nullable ? ' | null' : '';
  if (whole.const !== undefined) {
    return JSON.stringify(whole.const) + or;
  }
  if (whole.enum !== undefined) {
    return whole.enum.map((value) => JSON.stringify(value)).join(' | ') + or;
  }
  if (whole.type === 'array') {
    return `${typeOf(whole.items ?? {}, find)}[]${or}`;
  }
  const types = typeof whole.type === 'string' ? [whole.type] : (whole.type ?? []);
  const choices = (whole.oneOf ?? whole.anyOf ?? []).map((choice) => typeOf(choice, find));
  const name = [...types, ...new Set(choices)].join(' | ');
  const bounds = [
    whole.format,
    whole.minimum === undefined ? undefined : `≥ ${whole.minimum}`,
    whole.maximum === undefined ? undefined : `≤ ${whole.maximum}`,
  ].filter((bound) => bound !== undefined);
  return [(name === '' ? 'any' : name) + or, ...bounds].join(', ');
}

/** A value that fits, for a request that somebody wants to try. */
export function sample(schema: Schema, find: Find, depth = 0): unknown {
  const [whole] = present(schema, find);
  const [first] = whole.oneOf ?? whole.anyOf ?? [];
  if (whole.const !== undefined) {
    return whole.const;
  }
  if (whole.enum !== undefined) {
    return whole.enum[0];
  }
  if (first !== undefined) {
    return sample(first, find, depth);
  }
  const type = typeof whole.type === 'string' ? whole.type : (whole.type?.[0] ?? '');
  switch (type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return whole.minimum ?? 0;
    case 'string':
      return whole.format === 'date-time' ? '2026-01-31T12:00:00.000Z' : '…';
    case 'array':
      return depth > 3 ? [] : [sample(whole.items ?? {}, find, depth + 1)];
    case 'object': {
      const members = Object.entries(whole.properties ?? {});
      const required = new Set(whole.required ?? []);
      const shown = required.size === 0 ? members : members.filter(([name]) => required.has(name));
      return Object.fromEntries(shown.map(([name, member]) => [name, sample(member, find, depth + 1)]));
    }
    default:
      return '…';
  }
}
