// The OpenAPI documents of this server, as far as the page shows them, and what can be found in them.

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
}

type Content = Readonly<Record<string, Media>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags?: readonly string[];
  readonly deprecated?: boolean;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
  readonly 'x-permission'?: string;
  readonly 'x-permissions'?: { readonly allOf?: readonly string[]; readonly anyOf?: readonly string[] };
  readonly 'x-second-factor'?: boolean;
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

export interface Document {
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Paths;
  readonly webhooks?: Paths;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The three parts of the page. */
export const SOURCES = ['hark', 'rocketchat', 'events'] as const;
export type Source = (typeof SOURCES)[number];

/** One thing that has a page of its own. */
export interface Entry {
  readonly source: Source;
  readonly id: string;
  /** What it stands under in the list. */
  readonly group: string;
  /** In capitals; empty for an event. */
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly document: Document;
  /** All that is searched, in small letters. */
  readonly words: string;
}

export interface Group {
  readonly name: string;
  readonly about: string;
  readonly entries: readonly Entry[];
}

/** `a.b` is of the family `a`. */
const family = (kind: string) => kind.split('.')[0] ?? kind;

function entriesOf(source: Source, document: Document, paths: Paths): Entry[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const isEvent = source === 'events';
      const named = (operation.parameters ?? []).map(({ name }) => name);
      const members = Object.keys(operation.requestBody?.content['application/json']?.schema?.properties ?? {});
      const words = [method, path, operation.summary, operation.operationId, ...named, ...members];
      return {
        source,
        id: operation.operationId,
        group: isEvent ? family(path) : (operation.tags?.[0] ?? ''),
        method: isEvent ? '' : method.toUpperCase(),
        path,
        operation,
        document,
        words: words.join(' ').toLowerCase(),
      };
    }),
  );
}

/** The root of the server, from where this page is. */
export const ROOT = new URL('.', document.baseURI).href;

async function json(path: string): Promise<unknown> {
  const answer = await fetch(`${ROOT}${path}`);
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status}`);
  }
  return answer.json();
}

export async function load(): Promise<Entry[]> {
  const [hark, rocketchat] = (await Promise.all([
    json('api/hark/v1/openapi.json'),
    json('api/hark/v1/rocketchat/openapi.json'),
  ])) as [Document, Document];
  return [
    ...entriesOf('hark', hark, hark.paths),
    ...entriesOf('rocketchat', rocketchat, rocketchat.paths),
    ...entriesOf('events', hark, hark.webhooks ?? {}),
  ];
}

/** What an event is in each dialect that has a word for it. */
export interface Told {
  readonly schema: Schema;
  readonly example: unknown;
}

export type Dialects = Readonly<Record<string, Told>>;

export async function dialects(): Promise<ReadonlyMap<string, Dialects>> {
  const { kinds } = (await json('api/hark/v1/catalogue')) as {
    kinds: readonly { name: string; dialects: Dialects }[];
  };
  return new Map(kinds.map((kind) => [kind.name, kind.dialects]));
}

/** The entries in which all of the words stand. */
export function found(entries: readonly Entry[], search: string): Entry[] {
  const wanted = search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return entries.filter((entry) => wanted.every((word) => entry.words.includes(word)));
}

export function grouped(entries: readonly Entry[]): Group[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.group) ?? [];
    group.push(entry);
    groups.set(entry.group, group);
  }
  return [...groups].map(([name, list]) => ({
    name,
    about: list[0]?.document.tags.find((tag) => tag.name === name)?.description ?? '',
    entries: list,
  }));
}
