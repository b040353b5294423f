// What the page has as a file, and tables so that programs for tables open them.

export type Cell = string | number;

/** What begins like this is a formula to those programs, and people's names are none. */
const FORMULA = /^[=+\-@\t\r]/;

function written(cell: Cell): string {
  const text = typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function saveFile(name: string, text: string, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function saveTable(name: string, rows: readonly (readonly Cell[])[]): void {
  const lines = rows.map((row) => row.map(written).join(','));
  // Without the mark some of them take the letters for others.
  saveFile(`${name}.csv`, `\uFEFF${lines.join('\r\n')}\r\n`, 'text/csv;charset=utf-8');
}
