// A table as a file that programs for tables open.

type Cell = string | number;

/** What begins like this is a formula to those programs, and people's names are none. */
const FORMULA = /^[=+\-@\t\r]/;

function written(cell: Cell): string {
  const text = typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function saveTable(name: string, rows: readonly (readonly Cell[])[]): void {
  const lines = rows.map((row) => row.map(written).join(','));
  // Without the mark some of them take the letters for others.
  const file = new Blob([`\uFEFF${lines.join('\r\n')}\r\n`], { type: 'text/csv;charset=utf-8' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
