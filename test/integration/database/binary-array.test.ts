import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CREDITS_SCALE, formatDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import {
  boolArray,
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  numericArray,
  timestamptzArray,
} from "../../../lib/postgres/database/queries/binary-array.ts";
import { propertyRuns } from "../../support/properties.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase(1);

/** The elements as PostgreSQL writes them. */
async function asText(type: string, array: Buffer): Promise<readonly (string | null)[]> {
  const { rows } = await database.pool.query<{ text: string | null }>(
    `select element::text as text from unnest($1::${type}[]) with ordinality as list (element, position)
      order by position`,
    [array],
  );
  return rows.map(({ text }) => text);
}

describe("an array in binary is what it is as text:", () => {
  test.each([
    ["bool", boolArray([true, false]), ["true", "false"]],
    ["int2", int2Array([0, null, -1, 32_767]), ["0", null, "-1", "32767"]],
    ["int4", int4Array([0, null, -1, 2_147_483_647]), ["0", null, "-1", "2147483647"]],
    [
      "int8",
      int8Array([0, null, -1, 2 ** 40 + 5, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]),
      ["0", null, "-1", "1099511627781", "9007199254740991", "-9007199254740991"],
    ],
    [
      "timestamptz",
      timestamptzArray([null, 0, Date.UTC(1999, 11, 31, 23, 59, 59, 999), Date.UTC(2500, 0, 1)]),
      [null, "1970-01-01 00:00:00+00", "1999-12-31 23:59:59.999+00", "2500-01-01 00:00:00+00"],
    ],
    [
      "bytea",
      byteaArray([new Uint8Array(), Uint8Array.of(0, 255), Buffer.from("x")]),
      ["\\x", "\\x00ff", "\\x78"],
    ],
    ["int4", int4Array([]), []],
  ])("%s", async (type, array, expected) => {
    expect(await asText(type, array)).toEqual(expected);
  });

  test("decimals, without idle zeros", async () => {
    const digits = fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n });
    const zeros = fc.nat(40).map((count) => 10n ** BigInt(count));
    const decimal = fc.tuple(digits, zeros).map(([number, unit]) => (number / unit) * unit);
    const values = fc.array(fc.oneof(decimal, fc.constant(0n), fc.constant(null)));
    const property = fc.asyncProperty(
      values,
      fc.constantFrom(VALUE_SCALE, CREDITS_SCALE),
      async (list, scale) => {
        const expected = list.map((value) =>
          value === null ? null : formatDecimal(value, scale).replace(/\.0$/, ""),
        );
        expect(await asText("numeric", numericArray(list, scale))).toEqual(expected);
      },
    );
    await fc.assert(property, propertyRuns(200));
  });
});
