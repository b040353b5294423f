// Keys walk the rows of a table.

/** From one row to the next, or back. */
export const walking = (step: (by: 1 | -1) => void) => {
  const [next, previous] = [() => step(1), () => step(-1)];
  return { j: next, k: previous, ArrowDown: next, ArrowUp: previous };
};

/** The row with this id, and with the focus on its name, so that Enter opens this one and no other. */
export function lookAtRow(id: string): void {
  const row = document.getElementById(id);
  row?.scrollIntoView({ block: 'nearest' });
  row?.querySelector('a')?.focus({ preventScroll: true });
}
