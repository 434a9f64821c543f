/** What serverless-offline 14.8 does differently from AWS, made the same. */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

const binary = "application/octet-stream";

/** Whether the API hands the body over as text; whatever else comes is handed over in base64. */
const isText = ({ headers }: IncomingMessage): boolean =>
  headers["content-encoding"] === undefined &&
  /^\s*(text\/|application\/json\s*(;|$))/i.test(headers["content-type"] ?? "");

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/**
 * serverless-offline decodes all bodies but those of one type as UTF-8, which no compressed body
 * survives. It decides by `headers`; what the function is shown comes from `rawHeaders`, which stay as
 * they were sent. A body without a type would be shown as JSON: RFC 9110 section 8.3 lets the receiver
 * take it for bytes, as AWS does.
 */
export function handOverBodiesAsAws(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    if (isText(request)) return;
    if (request.headers["content-type"] === undefined && hasBody(request)) {
      request.rawHeaders.push("Content-Type", binary);
    }
    request.headers["content-type"] = binary;
  });
}

type Event = Record<string, unknown>;

/** The class of a function that is run, as far as it is used here. */
interface LambdaFunction {
  setEvent(event: Event): void;
  runHandler(): Promise<unknown>;
  readonly functionName: string;
}

const isHttp = (event: Event | undefined): boolean => event?.["version"] === "2.0";

// What the API answers where a function throws, cannot be loaded, or runs out of time.
const failed = {
  statusCode: 500,
  headers: { "content-type": "application/json" },
  body: '{"message":"Internal Server Error"}',
};

/**
 * Where a request has no body or no query, AWS leaves the field out of the event, as its types say, and
 * serverless-offline writes null. And where a function fails, serverless-offline answers 200, from which
 * a sender would take that its measurements are accepted.
 */
export async function answerAsAws(): Promise<void> {
  const file = new URL("lambda/LambdaFunction.js", import.meta.resolve("serverless-offline"));
  const { prototype }: { prototype: LambdaFunction } = (await import(file.href)).default;
  const { setEvent, runHandler } = prototype;
  const events = new WeakMap<LambdaFunction, Event>();
  prototype.setEvent = function (event) {
    if (isHttp(event)) {
      for (const field of Object.keys(event)) if (event[field] === null) delete event[field];
    }
    events.set(this, event);
    setEvent.call(this, event);
  };
  prototype.runHandler = async function () {
    try {
      return await runHandler.call(this);
    } catch (error) {
      if (!isHttp(events.get(this))) throw error;
      console.error(`${this.functionName} failed:`, error);
      return failed;
    }
  };
}
