import * as z from "zod/mini";
import { problem } from "./problem.ts";
import { type SigningKey, signToken, verifyToken } from "./signed-token.ts";

/** What a link opens: one project to read, for some days. */
export interface ProjectLink {
  readonly projectName: string;
  /** Links of an earlier generation of the project were revoked. */
  readonly generation: number;
  readonly expiresMs: number;
}

const Content = z.object({ p: z.string(), g: z.int(), e: z.int() });

/** The `link` parameter that opens the project; the expiry is cut to a second. */
export const linkToken = (key: SigningKey, link: ProjectLink): string =>
  signToken(key, "link", {
    p: link.projectName,
    g: link.generation,
    e: Math.floor(link.expiresMs / 1_000),
  });

/** A genuine link, as it came. */
export interface PresentedLink extends ProjectLink {
  readonly keyId: string;
  readonly token: string;
}

/** The link that a token is, also where it opens another project, was revoked or is over; undefined: none. */
export function readLink(keys: readonly SigningKey[], token: string): PresentedLink | undefined {
  const verified = verifyToken(keys, "link", token);
  const content = Content.safeParse(verified?.content);
  if (verified === undefined || !content.success) return undefined;
  const { p, g, e } = content.data;
  return { projectName: p, generation: g, expiresMs: e * 1_000, keyId: verified.keyId, token };
}

/** One answer to every link that does not open the project: it does not tell which projects there are. */
export const linkInvalid = () =>
  problem("link-invalid", "link", "This link does not open this page. Ask for a new one.");

export const linkExpired = (expiresMs: number) => {
  const date = new Date(expiresMs).toISOString();
  return problem("link-expired", "link", `This link ended at ${date}. Ask for a new one.`);
};
