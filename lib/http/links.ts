import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as z from "zod/mini";
import { dayMs } from "../billing/time.ts";
import { type ReadVariable, readAll, text, wholeNumber } from "../config.ts";
import { expect } from "../formats/field-errors.ts";
import type { PageOf } from "../usecases/notices/notice.ts";
import { projectAddress } from "../usecases/reading/project-address.ts";
import { projectUnknown } from "./credits.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";
import { parseBody } from "./stack/body-faults.ts";
import type { Caller } from "./stack/http-context.ts";
import { Problem } from "./stack/problem.ts";
import { linkToken } from "./stack/project-links.ts";
import type { ProjectState } from "./stack/project-state.ts";
import { forbidden, mayRead } from "./stack/read-access.ts";
import { readJson } from "./stack/read-json.ts";
import { readLinkKeys, type SigningKey } from "./stack/signed-token.ts";

/** Where links lead, who signs them, and how long they may last. */
export interface LinkSettings {
  readonly keys: readonly SigningKey[];
  /** Without a `/` at its end; undefined: nobody has said where the service is reached. */
  readonly publicUrl: string | undefined;
  readonly daysMax: number;
}

/** `LINK_KEYS`, `PUBLIC_URL` and `LINK_DAYS_MAX`; throws every fault at once. */
export const readLinkSettings = (read: ReadVariable): LinkSettings =>
  readAll({ keys: readLinkKeys, publicUrl: readPublicUrl, daysMax: readDaysMax }, read);

/** What `LINK_DAYS_MAX` may be at most. */
export const linkDaysMost = 3_650;

const readDaysMax = (read: ReadVariable): number =>
  wholeNumber(read, "LINK_DAYS_MAX", { preset: 90, min: 1, max: linkDaysMost });

function readPublicUrl(read: ReadVariable): string | undefined {
  const url = text(read, "PUBLIC_URL");
  if (url === undefined) return undefined;
  const isAddress = /^https?:\/\/[^?#]+$/.test(url) && URL.canParse(url);
  if (isAddress) return url.replace(/\/+$/, "");
  throw new Error("PUBLIC_URL must be an address such as https://credits.example.org");
}

const presetDays = 30;

/** The links that notices carry: for thirty days from the notice on, or as long as links may last. */
export function readNoticePages(read: ReadVariable): PageOf {
  const { keys, publicUrl, daysMax } = readLinkSettings(read);
  const [key] = keys;
  if (key === undefined || publicUrl === undefined) return () => undefined;
  return ({ projectName, linkGeneration, atMs }) => {
    const expiresMs = atMs + Math.min(presetDays, daysMax) * dayMs;
    const generation = linkGeneration;
    return pageUrl(publicUrl, projectName, linkToken(key, { projectName, generation, expiresMs }));
  };
}

const pageUrl = (publicUrl: string, projectName: string, link: string): string =>
  publicUrl + projectAddress("/credits_history", projectName, { link });

/** What `POST /api/links` orders. */
export interface LinkOrder {
  readonly projectName: string;
  readonly days: number;
}

const nameRule = expect("the name of a project");

export function linkBody(daysMax: number) {
  const daysRule = expect(`a whole number from 1 to ${daysMax}`);
  const days = z.int(daysRule).check(z.minimum(1, daysRule), z.maximum(daysMax, daysRule));
  return z.strictObject(
    {
      project_name: z.string(nameRule).check(z.regex(/^[^\0]*[^\0\s][^\0]*$/, nameRule)),
      days: z.optional(days),
    },
    expect("an object with project_name and perhaps days"),
  );
}

/** The body of `POST /api/links`; throws a 400 problem that says what to change. */
export function readLinkOrder(event: APIGatewayProxyEventV2, daysMax: number): LinkOrder {
  const { project_name, days } = parseBody(
    linkBody(daysMax),
    readJson(event, () => false),
  );
  return { projectName: project_name, days: days ?? Math.min(presetDays, daysMax) };
}

/** `POST /api/links`: an address that opens the project's page for whoever has it, for some days. */
export function linkAnswer(
  { projectName, days }: LinkOrder,
  project: ProjectState | undefined,
  caller: Caller,
  { keys: [key], publicUrl }: LinkSettings,
  nowMs: number,
): HttpAnswer {
  if (!mayRead(caller, projectName, project?.sites ?? [])) {
    throw forbidden(`The key ${caller.keyId} may not read this project.`);
  }
  if (key === undefined || publicUrl === undefined) {
    throw new Problem("links-off", "Set LINK_KEYS and PUBLIC_URL to make links.");
  }
  if (project === undefined) throw projectUnknown(projectName);
  const expiresMs = Math.floor((nowMs + days * dayMs) / 1_000) * 1_000;
  const link = linkToken(key, { projectName, generation: project.linkGeneration, expiresMs });
  return jsonAnswer(201, {
    url: pageUrl(publicUrl, projectName, link),
    expires_at: new Date(expiresMs).toISOString(),
    key_id: key.id,
  });
}

/** `DELETE /api/links/{project_name}`: no link that was made before opens the project any more. */
export function revokedAnswer(projectName: string, generation: number | undefined): HttpAnswer {
  if (generation === undefined) throw projectUnknown(projectName);
  return jsonAnswer(200, { project_name: projectName, link_generation: generation });
}
