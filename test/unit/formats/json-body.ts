import { decodeJson } from "../../../lib/formats/decode-json.ts";
import { context, encodeUtf8 } from "../../support/formats/decode-context.ts";

/** The fields of a measurement at noon. */
export const item = {
  project_name: "credits",
  metric: "project_vcpu_usage",
  value: 12.5,
  time: "2026-11-23T12:00:00Z",
};

export const decodeText = (text: string) => decodeJson(encodeUtf8(text), context);
export const decode = (...measurements: unknown[]) => decodeText(JSON.stringify({ measurements }));
