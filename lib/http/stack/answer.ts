export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const jsonAnswer = (statusCode: number, body: unknown): HttpAnswer =>
  jsonTextAnswer(statusCode, JSON.stringify(body));

/** An answer whose JSON is written already. */
export const jsonTextAnswer = (
  statusCode: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  statusCode,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body,
});

export const textAnswer = (body: string): HttpAnswer => ({
  statusCode: 200,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

// Nothing but our own files may be loaded, run or sent to, and no style may stand in an attribute. The icon
// is an empty data: address.
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const unsniffed = { "x-content-type-options": "nosniff" };

/** A page for a person. It is one project's, so no search engine and no other page learns its address. */
export const pageAnswer = (
  statusCode: number,
  document: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  statusCode,
  headers: {
    ...headers,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": contentSecurityPolicy,
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    ...unsniffed,
  },
  body: document,
});

/** A file whose name changes with its content, so that it can be kept for a year. */
export const assetAnswer = (contentType: string, body: string): HttpAnswer => ({
  statusCode: 200,
  headers: {
    "content-type": contentType,
    "cache-control": "public, max-age=31536000, immutable",
    ...unsniffed,
  },
  body,
});

export const emptyAnswer = (headers: Readonly<Record<string, string>> = {}): HttpAnswer => ({
  statusCode: 204,
  headers,
  body: "",
});
