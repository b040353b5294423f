// The types of what an API answers, from its OpenAPI document.

interface Schema {
  readonly description?: string;
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
}

export interface Document {
  readonly paths: unknown;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const PREFIX = '#/components/schemas/';
/** What is no schema, or has words of its own in place of members. */
const OTHERS: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'enum']);

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));

const meaning = ({ description }: Schema, inset: string): string => (description === undefined ? '' : `${inset}/** ${description.replaceAll(/\s+/g, ' ').replaceAll('*/', '* /')} */\n`);

function membersOf({ properties = {}, required = [] }: Schema, inset: string): string {
  const inside = `${inset}  `;
  const lines = Object.entries(properties).map(
    ([name, member]) => `${meaning(member, inside)}${inside}readonly ${name}${required.includes(name) ? '' : '?'}: ${typeOf(member, inside)};\n`,
  );
  return `{\n${lines.join('')}${inset}}`;
}

function plain(type: string | undefined, schema: Schema, inset: string): string {
  const { items = {}, properties, additionalProperties } = schema;
  switch (type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'array': {
      const each = typeOf(items, inset);
      return / [|&] /.test(each) && !each.startsWith('{') ? `readonly (${each})[]` : `readonly ${each}[]`;
    }
    case 'object':
    case undefined:
      if (properties !== undefined) {
        return membersOf(schema, inset);
      }
      return type === undefined ? 'unknown' : `Readonly<Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties, inset) : 'unknown'}>>`;
    default:
      throw new Error(`There is no type for ${type}.`);
  }
}

function typeOf(schema: Schema, inset: string): string {
  const { $ref, type, anyOf, allOf, enum: values } = schema;
  if ($ref !== undefined) {
    return $ref.slice(PREFIX.length);
  }
  if ('const' in schema) {
    return literal(schema.const);
  }
  if (values !== undefined) {
    return values.map(literal).join(' | ');
  }
  if (anyOf !== undefined) {
    return anyOf.map((one) => typeOf(one, inset)).join(' | ');
  }
  if (allOf !== undefined) {
    return allOf.map((one) => typeOf(one, inset)).join(' & ');
  }
  return [type ?? []].flat().length > 1 ? [type ?? []].flat().map((one) => plain(one, schema, inset)).join(' | ') : plain([type ?? []].flat()[0], schema, inset);
}

/** The names that are referred to. */
function named(within: unknown): readonly string[] {
  if (typeof within !== 'object' || within === null) {
    return [];
  }
  return Object.entries(within).flatMap(([key, value]) => (key === '$ref' ? [String(value).slice(PREFIX.length)] : OTHERS.has(key) ? [] : named(value)));
}

/** An interface for each schema that a route refers to, and for those that these do, in the order of the alphabet. */
export function typesOf({ paths, components: { schemas } }: Document): string {
  const wanted = new Set<string>();
  const waiting = [...named(paths)];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (!wanted.has(name)) {
      wanted.add(name);
      waiting.push(...named(schemas[name]));
    }
  }
  const types = [...wanted].toSorted().map((name) => {
    const schema = schemas[name] ?? {};
    return `${meaning(schema, '')}${schema.properties === undefined ? `export type ${name} = ${typeOf(schema, '')};\n` : `export interface ${name} ${membersOf(schema, '')}\n`}`;
  });
  return `// Written by tests/console/api.test.ts from the document of the API. Not to be changed by hand.\n\n${types.join('\n')}`;
}
