import { expect, test } from "@jest/globals";
import { onlyRow } from "../../../../lib/postgres/database/only-row.ts";

test("one row is what was asked for", () => {
  expect(onlyRow([{ id: 1 }])).toEqual({ id: 1 });
});

test.each([[[]], [[{ id: 1 }, { id: 2 }]]])("%j is a fault", (rows: readonly object[]) => {
  expect(() => onlyRow(rows)).toThrow(`one row was expected, ${rows.length} were found`);
});
