/** The row of a statement that must find one; anything else is a fault of ours, and no reason to guess. */
export function onlyRow<Row>(rows: readonly Row[]): Row {
  const [row, ...others] = rows;
  if (row === undefined || others.length > 0) {
    throw new Error(`one row was expected, ${rows.length} were found`);
  }
  return row;
}
