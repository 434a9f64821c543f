import { type ReadVariable, readAll, text } from "../config.ts";

/** One of the two calls of the portal: the address, and the key that is sent with it. */
export interface PortalEndpoint {
  readonly url: URL;
  readonly apiKey: string;
}

/**
 * Reads `MAIL_CONTACT_URL` and `API_CONTACT_KEY`; undefined without the first: no limit is posted.
 * Throws every fault at once.
 */
export const readPortalNoticeSettings = (read: ReadVariable): PortalEndpoint | undefined =>
  readEndpoint(read, "MAIL_CONTACT_URL", "credits-limit/");

/**
 * Reads `API_CONTACT_BASE_URL` and `API_CONTACT_KEY`; undefined without the first: granted credits are
 * not pulled. Throws every fault at once.
 */
export const readPortalGrantSettings = (read: ReadVariable): PortalEndpoint | undefined =>
  readEndpoint(read, "API_CONTACT_BASE_URL", "secure/granted-credits/");

function readEndpoint(read: ReadVariable, variable: string, path: string) {
  const base = text(read, variable);
  if (base === undefined) return undefined;
  return readAll(
    {
      url: () => {
        const url = portalUrl(base, path);
        if (url !== undefined) return url;
        throw new Error(`${variable} must be a URL such as https://portal.example.org/api`);
      },
      apiKey: () => {
        const apiKey = text(read, "API_CONTACT_KEY");
        if (apiKey === undefined) throw new Error(`API_CONTACT_KEY is not set, but ${variable} is`);
        if (isHeaderText(apiKey)) return apiKey;
        throw new Error("API_CONTACT_KEY must be of visible ASCII characters");
      },
    },
    read,
  );
}

/** A path below the portal's base URL; undefined where that is no plain http(s) URL. */
export function portalUrl(base: string, path: string): URL | undefined {
  const url = URL.parse(`${base.replace(/\/+$/, "")}/${path}`);
  const isPlain =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === "";
  return isPlain ? url : undefined;
}

/** Whether a text may be sent as a header's value. */
export const isHeaderText = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);
