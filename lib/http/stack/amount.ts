import * as z from "zod/mini";
import { expect } from "../../formats/field-errors.ts";

/** Of a body: a decimal in quotes, or a number, which `readJson` hands over as the text that was sent. */
export const amount = z
  .string(expect("a number or a decimal in quotes"))
  .register(z.globalRegistry, { id: "AmountSent", type: ["number", "string"], format: "decimal" });
