export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const jsonAnswer = (statusCode: number, body: unknown): HttpAnswer =>
  jsonTextAnswer(statusCode, JSON.stringify(body));

/** An answer whose JSON is written already. */
export const jsonTextAnswer = (statusCode: number, body: string): HttpAnswer => ({
  statusCode,
  headers: { "content-type": "application/json; charset=utf-8" },
  body,
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
