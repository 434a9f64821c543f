import * as z from "zod/mini";
import * as parameters from "./parameters.ts";
import {
  CreditsHistory,
  CurrentCredits,
  ExplainedHour,
  HourlyCosts,
  Statement,
  StatementList,
} from "./project-answers.ts";
import type { Contents, Route } from "./route.ts";
import { json, nothing, page } from "./route.ts";

const csv: Contents = { "text/csv": z.string() };
const ofProject = { scope: "read", takesLink: true } as const;
const always = [
  "project-forbidden",
  "parameter-invalid",
  "project-unknown",
  "unavailable",
] as const;
const ofRange = ["range-invalid", "timezone-unknown"] as const;

/** Those that read one project, with its name in the path. */
export const projectRoutes: Readonly<Record<string, Route>> = {
  "GET /api/current_credits/{project_name}": {
    ...ofProject,
    id: "readCurrentCredits",
    summary: "What is used, granted, pending and held, how fast it goes, and when it is gone.",
    answers: { 200: json(CurrentCredits), 304: nothing },
    refusals: always,
  },
  "GET /api/credits_history/{project_name}": {
    ...ofProject,
    id: "readCreditsHistory",
    summary: "The used credits after each step.",
    query: parameters.historyQuery,
    answers: { 200: json(CreditsHistory), 304: nothing },
    refusals: [...always, "history-empty"],
  },
  "GET /api/hourly_costs/{project_name}": {
    ...ofProject,
    id: "readHourlyCosts",
    summary: "What was used in buckets of an hour, a day, a week or a month.",
    query: parameters.costsQuery,
    answers: { 200: { ...json(HourlyCosts), ...csv }, 304: nothing },
    refusals: [...always, ...ofRange, "range-too-large", "cursor-foreign"],
  },
  "GET /api/explain/{project_name}": {
    ...ofProject,
    id: "explainHour",
    summary: "How the credits of an hour came about.",
    query: parameters.hourQuery,
    answers: { 200: { ...json(ExplainedHour), ...page }, 304: nothing },
    refusals: [...always, "timezone-unknown", "range-too-large"],
    isPage: true,
  },
  "GET /api/statements/{project_name}": {
    ...ofProject,
    id: "listStatements",
    summary: "The months of a project, or one of them.",
    query: parameters.statementsQuery,
    answers: {
      200: { ...json(z.union([StatementList, Statement])), ...csv, ...page },
      304: nothing,
    },
    refusals: [...always, "statement-unknown"],
    isPage: true,
  },
  "GET /api/statements/{project_name}/{month}": {
    ...ofProject,
    id: "readStatement",
    summary: "What was used, corrected, booked and granted in a month.",
    path: { month: parameters.month },
    query: parameters.statementQuery,
    answers: { 200: { ...json(Statement), ...csv, ...page }, 304: nothing },
    refusals: [...always, "statement-unknown"],
    isPage: true,
  },
  "GET /credits_history/{project_name}": {
    ...ofProject,
    id: "projectPage",
    summary: "A project as a page.",
    query: parameters.pageQuery,
    answers: { 200: page, 304: nothing },
    refusals: [...always, ...ofRange],
    isPage: true,
  },
};
