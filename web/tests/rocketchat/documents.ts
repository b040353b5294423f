// Answers of the API, as far as a test asks for what is in them.

export type Document = Readonly<Record<string, unknown>>;

export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null;
}

/** What is at the end of this way through a document. */
export function at(document: unknown, ...way: readonly (string | number)[]): unknown {
  let found = document;
  for (const step of way) {
    found = isDocument(found) ? found[step] : undefined;
  }
  return found;
}

export function text(document: unknown, ...way: readonly (string | number)[]): string {
  const found = at(document, ...way);
  if (typeof found !== 'string') {
    throw new TypeError(`There is no text at ${way.join('.')} of ${JSON.stringify(document)}.`);
  }
  return found;
}

export function list(document: unknown, ...way: readonly (string | number)[]): unknown[] {
  const found = at(document, ...way);
  if (!Array.isArray(found)) {
    throw new TypeError(`There is no list at ${way.join('.')} of ${JSON.stringify(document)}.`);
  }
  return found;
}
