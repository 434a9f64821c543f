import { type Problem, problem } from "./problem.ts";

/** The media type in lower case and its parameters, unquoted; `""` where the request names none. */
export function readMediaType(header: string | undefined) {
  const [type = "", ...rest] = (header ?? "").split(";").map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const [name = "", value = ""] = part.split("=");
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1")];
    }),
  );
  return { type: type.toLowerCase(), parameters };
}

/** The content encoding in lower case; `unnamed` where the request names none. */
export const readEncoding = (header: string | undefined, unnamed: string): string =>
  header?.trim().toLowerCase() || unnamed;

export function unsupportedEncoding(encoding: string, supported: string): Problem {
  const detail = `Content-Encoding ${JSON.stringify(encoding.slice(0, 100))} is not taken with this content type: send ${supported}.`;
  return problem("encoding-unsupported", "Content-Encoding", detail);
}
