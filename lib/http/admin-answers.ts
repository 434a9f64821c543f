import type { Adjustment } from "../usecases/grants/book-adjustment.ts";
import type { Grant } from "../usecases/grants/set-grant.ts";
import { exactCredits } from "./credit-answers.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";

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
