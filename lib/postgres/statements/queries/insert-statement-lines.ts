import type pg from "pg";
import { CREDITS_SCALE, VALUE_SCALE } from "../../../billing/decimal.ts";
import type { CorrectionLine } from "../../../usecases/statements/statement.ts";
import { numericArray } from "../../database/queries/binary-array.ts";

const text = `
  insert into statement_lines (project_id, month, used_in, metric, unit, site, usage, credits)
  select $1::int4, $2::text, used_in, metric, unit, site, usage, credits
    from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::numeric[])
           as new (used_in, metric, unit, site, usage, credits)`;

/** What a statement accounts for, each with the month in which it was used. */
export async function insertStatementLines(
  client: pg.ClientBase,
  projectId: number,
  month: string,
  lines: readonly CorrectionLine[],
): Promise<void> {
  await client.query({
    name: "insert-statement-lines",
    text,
    values: [
      projectId,
      month,
      lines.map((line) => line.month),
      lines.map((line) => line.metric),
      lines.map((line) => line.unit),
      lines.map((line) => line.site),
      numericArray(
        lines.map((line) => line.usage),
        VALUE_SCALE,
      ),
      numericArray(
        lines.map((line) => line.credits),
        CREDITS_SCALE,
      ),
    ],
  });
}
