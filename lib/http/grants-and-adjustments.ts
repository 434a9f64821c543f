import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as z from "zod/mini";
import { exactCredits } from "../billing/credits.ts";
import { checkName } from "../formats/check-measurement.ts";
import { expect } from "../formats/field-errors.ts";
import { explainRfc3339, readRfc3339 } from "../formats/read-time.ts";
import { readDecimal, readGrantedCredits } from "../formats/read-value.ts";
import type { Adjustment } from "../usecases/grants/book-adjustment.ts";
import type { KeyedRequest } from "../usecases/grants/idempotent.ts";
import type { Grant, GrantOrder } from "../usecases/grants/set-grant.ts";
import { amount } from "./stack/amount.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";
import { bodyFaults, fieldFault } from "./stack/body-faults.ts";
import type { Caller } from "./stack/http-context.ts";
import { type FieldError, fieldsProblem } from "./stack/problem.ts";
import { projectNameOf } from "./stack/project-name.ts";
import { readJson } from "./stack/read-json.ts";

/** Reads a field by a function that returns its value, or says what is wrong with it. */
const readBy = <T extends string | number>(
  read: (text: string) => T | { readonly detail: string },
) =>
  z.transform((input: string, context): T => {
    const value = read(input);
    if (typeof value !== "object") return value;
    context.issues.push({ code: "custom", message: value.detail, input });
    return z.NEVER;
  });

const prose = (lengthMax: number, control: RegExp) =>
  z.pipe(
    z.string(expect("a text")),
    readBy<string>((text) => {
      const isSound = text.isWellFormed() && !control.test(text);
      if (isSound && text.trim() !== "" && text.length <= lengthMax) return text;
      return { detail: `send 1 to ${lengthMax} characters, none of them a control character` };
    }),
  );
// PostgreSQL cannot store NUL; a reason may have lines.
const reason = prose(2_000, /[^\P{Cc}\n\r\t]/u);
const actor = z.optional(prose(256, /\p{Cc}/u));

export const GrantBody = z.strictObject(
  { granted_credits: z.pipe(amount, readBy<string>(readGrantedCredits)), reason, actor },
  expect("an object with granted_credits, reason and perhaps actor"),
);

export const AdjustmentBody = z.strictObject(
  {
    credits: z.pipe(amount, readBy<string>(readSignedDecimal)),
    reason,
    actor,
    time: z.optional(z.pipe(z.string(expect("RFC 3339 text")), readBy<number>(readPastTime))),
  },
  expect("an object with credits, reason and perhaps actor and time"),
);

/** `PUT /api/projects/{project_name}/grant`; throws a 400 problem that names every field at fault. */
export function readGrantOrder(
  event: APIGatewayProxyEventV2,
  { keyId }: Caller,
): { readonly order: GrantOrder; readonly keyed: KeyedRequest | null } {
  const { projectName, key, body } = readOrder(event, GrantBody, false);
  const { granted_credits: grantedCredits, reason, actor } = body;
  const request = JSON.stringify(["grant", projectName, grantedCredits, reason, actor ?? null]);
  return {
    order: { projectName, grantedCredits, reason, actor: actor ?? keyId },
    keyed: key === undefined ? null : { key, request },
  };
}

/** `POST /api/projects/{project_name}/adjustments`; throws a 400 problem that names every field at fault. */
export function readAdjustment(
  event: APIGatewayProxyEventV2,
  { keyId }: Caller,
): { readonly adjustment: Adjustment; readonly keyed: KeyedRequest } {
  const { projectName, key, body } = readOrder(event, AdjustmentBody, true);
  const { credits, reason, actor, time } = body;
  const request = ["adjustment", projectName, credits, reason, actor ?? null, time ?? null];
  return {
    adjustment: { projectName, credits, reason, actor: actor ?? keyId, atMs: time ?? Date.now() },
    keyed: { key: key as string, request: JSON.stringify(request) },
  };
}

/** `PUT /api/projects/{project_name}/grant`: the grant that counts now. */
export const grantAnswer = (grant: Grant): HttpAnswer =>
  jsonAnswer(200, {
    project_name: grant.projectName,
    granted_credits: exactCredits(grant.grantedCredits),
    actor: grant.actor,
    reason: grant.reason,
    at: new Date(grant.atMs).toISOString(),
  });

/** `POST /api/projects/{project_name}/adjustments`: what was booked, now or the first time. */
export const adjustmentAnswer = (adjustment: Adjustment): HttpAnswer =>
  jsonAnswer(201, {
    project_name: adjustment.projectName,
    credits: exactCredits(adjustment.credits),
    actor: adjustment.actor,
    reason: adjustment.reason,
    time: new Date(adjustment.atMs).toISOString(),
  });

function readOrder<Body extends z.ZodMiniType>(
  event: APIGatewayProxyEventV2,
  schema: Body,
  isKeyRequired: boolean,
) {
  const projectName = projectNameOf(event);
  const key = event.headers["idempotency-key"];
  const body = schema.safeParse(
    readJson(event, (field) => field === "granted_credits" || field === "credits"),
  );
  const faults = [
    ...nameFaults(projectName),
    ...keyFaults(key, isKeyRequired),
    ...(body.success ? [] : bodyFaults(body.error.issues)),
  ];
  if (!body.success || faults.length > 0) throw fieldsProblem(faults);
  return { projectName, key, body: body.data };
}

/** A project that can be measured can be granted and adjusted, but none that no request could read. */
function nameFaults(name: string): FieldError[] {
  if (name.trim() === "") return [fieldFault("project_name", "No project_name provided")];
  const refusal = checkName("project", name);
  return refusal === undefined ? [] : [fieldFault("project_name", refusal.detail)];
}

function keyFaults(key: string | undefined, isRequired: boolean): FieldError[] {
  if (key === undefined ? !isRequired : /^(?=.*\S)[\x20-\x7e]{1,255}$/.test(key)) return [];
  const expected =
    "1 to 255 printable ASCII characters that stand for this request, however often it is sent";
  return [
    fieldFault(
      "Idempotency-Key",
      key === undefined ? `missing: send ${expected}` : `send ${expected}`,
    ),
  ];
}

function readSignedDecimal(text: string) {
  const isNegative = /^-[\d.]/.test(text);
  const magnitude = readDecimal(isNegative ? text.slice(1) : text);
  if (magnitude === "0") return { detail: "send credits other than 0" };
  return isNegative && typeof magnitude === "string" ? `-${magnitude}` : magnitude;
}

function readPastTime(text: string) {
  const timeMs = readRfc3339(text);
  if (timeMs === undefined) {
    return { detail: explainRfc3339(text) ?? "send RFC 3339 text with Z or an offset" };
  }
  if (timeMs >= 0 && timeMs <= Date.now()) return timeMs;
  return { detail: "send a time since 1970 that is not in the future" };
}
