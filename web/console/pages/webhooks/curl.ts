// A request as a line for a shell, to be sent again from there.

/** Inside of single quotes nothing means anything but the quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Those that curl sends by itself. */
const OWN: ReadonlySet<string> = new Set(['content-length', 'host', 'connection']);

interface Header {
  readonly name: string;
  readonly value: string;
}

export function curl(url: string, headers: readonly Header[], body: string): string {
  const shown = headers.filter(({ name }) => !OWN.has(name.toLowerCase()));
  return [
    `curl ${quoted(url)}`,
    ...shown.map(({ name, value }) => `-H ${quoted(`${name}: ${value}`)}`),
    `--data-raw ${quoted(body)}`,
  ].join(' \\\n  ');
}
