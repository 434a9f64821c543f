/** Where limit notices are posted, and with which key. */
export interface PortalNoticeSettings {
  readonly url: URL;
  readonly apiKey: string;
}

/** Where granted credits are asked for, and with which key. */
export interface PortalGrantSettings {
  readonly url: URL;
  readonly apiKey: string;
}

/** Reads a variable; undefined where it is empty or not set. */
type ReadVariable = (name: string) => string | undefined;

/**
 * Reads `MAIL_CONTACT_URL` and `API_CONTACT_KEY`; undefined without the first: the portal is told
 * nothing. Throws every fault at once.
 */
export const readPortalNoticeSettings = (read: ReadVariable): PortalNoticeSettings | undefined =>
  readEndpoint(read, "MAIL_CONTACT_URL", "credits-limit/");

/**
 * Reads `API_CONTACT_BASE_URL` and `API_CONTACT_KEY`; undefined without the first: the portal is asked
 * nothing. Throws every fault at once.
 */
export const readPortalGrantSettings = (read: ReadVariable): PortalGrantSettings | undefined =>
  readEndpoint(read, "API_CONTACT_BASE_URL", "secure/granted-credits/");

function readEndpoint(read: ReadVariable, variable: string, path: string) {
  const base = read(variable);
  if (base === undefined) return undefined;
  const apiKey = read("API_CONTACT_KEY");
  const url = portalUrl(base, path);
  const faults: string[] = [];
  if (url === undefined) {
    faults.push(`${variable} must be a URL such as https://portal.example.org/api`);
  }
  if (apiKey === undefined) faults.push(`API_CONTACT_KEY is not set, but ${variable} is`);
  else if (!isHeaderText(apiKey))
    faults.push("API_CONTACT_KEY must be of visible ASCII characters");
  if (url === undefined || apiKey === undefined || faults.length > 0) {
    throw new AggregateError(faults.map((fault) => new Error(fault)));
  }
  return { url, apiKey };
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

/** What may be sent as a header's value. */
export const isHeaderText = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);
