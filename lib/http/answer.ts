export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

// Not in TypeScript's library yet (ES2025): a piece of JSON that is written as it is.
declare global {
  interface JSON {
    rawJSON(text: string): object;
  }
}

/** An exact decimal, given as text, as a JSON number: no digit is lost on the way out. */
export const exactNumber = (decimal: string): object => JSON.rawJSON(decimal);

export const jsonAnswer = (statusCode: number, body: unknown): HttpAnswer => ({
  statusCode,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});

export const textAnswer = (body: string): HttpAnswer => ({
  statusCode: 200,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

export const emptyAnswer = (headers: Readonly<Record<string, string>> = {}): HttpAnswer => ({
  statusCode: 204,
  headers,
  body: "",
});
