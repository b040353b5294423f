// Keys walk the rows of a table.

/** The row with this id, and with the focus on its name, so that Enter opens this one and no other. */
export function lookAtRow(id: string): void {
  const row = document.getElementById(id);
  row?.scrollIntoView({ block: 'nearest' });
  row?.querySelector('a')?.focus({ preventScroll: true });
}
