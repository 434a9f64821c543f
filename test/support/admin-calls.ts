import type { HttpAnswer } from "../../lib/http/stack/answer.ts";
import { keys } from "./api-keys.ts";
import type { Functions } from "./servers/functions.ts";

/** A body as the test writes it: an object, or text where the digits matter. */
type Body = object | string;

/** An admin's requests to the functions, and the results. */
export const adminOf = (functions: Functions) => {
  const send = (name: "grant" | "adjustment") => {
    const [method, last] =
      name === "grant" ? (["PUT", "grant"] as const) : (["POST", "adjustments"] as const);
    return (project_name: string, body: Body, headers: Record<string, string> = {}) =>
      functions.call(name, {
        method,
        path: `/api/projects/${encodeURIComponent(project_name.toWellFormed())}/${last}`,
        pathParameters: { project_name },
        headers: { "x-api-key": keys.admin, ...headers },
        body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
      });
  };
  const read = (name: "credits" | "history", project_name: string) =>
    functions.call(name, {
      headers: { "x-api-key": keys.read },
      pathParameters: { project_name },
    });
  const rows = async (statement: string, project_name: string) =>
    (await functions.database.pool.query(statement, [project_name])).rows;
  return {
    grant: send("grant"),
    adjust: (project_name: string, body: Body, key: string) =>
      send("adjustment")(project_name, body, { "idempotency-key": key }),
    adjustWith: send("adjustment"),
    credits: (project_name: string) => read("credits", project_name),
    history: (project_name: string) => read("history", project_name),
    grants: (project_name: string) =>
      rows(
        "select grants.granted_credits::text as credits, source, actor, reason from grants join projects using (project_id) where project_name = $1 order by grant_id",
        project_name,
      ),
    adjustments: (project_name: string) =>
      rows(
        "select credits::text, actor, reason, idempotency_key as key, at from adjustments join projects using (project_id) where project_name = $1 order by adjustment_id",
        project_name,
      ),
  };
};

export const bodyOf = (answer: HttpAnswer) => JSON.parse(answer.body);

/** The fields that a problem names. */
export const faultsOf = (answer: HttpAnswer): string[] =>
  (bodyOf(answer).errors ?? []).map(({ at }: { at: string }) => at).sort();
