import type { Caller, HttpMiddleware } from "./http-context.ts";
import { problem } from "./problem.ts";
import { linkExpired, linkInvalid, type ProjectLink } from "./project-links.ts";
import { projectNameOf } from "./project-name.ts";
import type { ProjectState } from "./project-state.ts";
import type { SigningKey } from "./signed-token.ts";
import type { FreshnessOf } from "./unchanged.ts";

/** Undefined: no such project. */
export type ReadProjectState = (projectName: string) => Promise<ProjectState | undefined>;

/** One project, that of the path or of `project_name`, with the keys of the links that open it. */
export interface OneProject {
  readonly state: ReadProjectState;
  readonly linkKeys: readonly SigningKey[];
  /** Measurements may be that late, so that the ledger of older times rarely changes. */
  readonly lateDays: number;
  readonly freshness: FreshnessOf;
}

/**
 * What a function reads: `prices` are nobody's figures; `what the key may see` is cut down by the function
 * itself, by what the caller is bound to; of one project the key or the link is checked here.
 */
export type Subject = "prices" | "what the key may see" | OneProject;

/** Refuses a caller whose key or link does not open what is read. */
export const readAccess = (subject: Subject): HttpMiddleware => ({
  before: async ({ event, context }) => {
    if (typeof subject === "string") return;
    const { caller } = context;
    const projectName = projectNameOf(event);
    // The function says what is missing.
    if (projectName.trim() === "") return;
    // Nothing is asked of the database for those whom the link does not concern.
    if (caller.link !== undefined && caller.link.projectName !== projectName) throw linkInvalid();
    const project = projectName.includes("\0") ? undefined : await subject.state(projectName);
    if (caller.link !== undefined) checkLink(caller.link, project);
    if (!mayRead(caller, projectName, project?.sites ?? [])) {
      throw forbidden(`The key ${caller.keyId} may not read this project.`);
    }
    context.project = project;
  },
});

function checkLink({ generation, expiresMs }: ProjectLink, project: ProjectState | undefined) {
  if (project?.linkGeneration !== generation) throw linkInvalid();
  if (expiresMs <= Date.now()) throw linkExpired(expiresMs);
}

/** Whether a caller's key is not bound, or bound to this project or to a site where it was measured. */
export const mayRead = (
  { projects, site }: Caller,
  projectName: string,
  sites: readonly string[],
): boolean =>
  (projects === undefined || projects.includes(projectName)) &&
  (site === undefined || sites.includes(site));

export const forbidden = (detail: string) => problem("project-forbidden", "X-API-KEY", detail);
