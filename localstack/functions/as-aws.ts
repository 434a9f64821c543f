/** What serverless-offline 14.8 does differently from AWS, made the same. */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { instancesMax, Slots, TooMuchWaiting } from "../queues/slots.ts";

const binary = "application/octet-stream";

/**
 * serverless-offline decides by a request's `headers`, and shows the function its `rawHeaders`.
 *
 * It decodes all bodies but those of one type as UTF-8, which no compressed body survives, nor text that
 * is not UTF-8: names would be changed without a word. So all bodies are handed over in base64, as AWS
 * hands over what is not text.
 *
 * It lets every page of a browser read the answers, where serverless.yml allows none: a request without
 * an origin gets no header that does.
 */
export function handOverRequestsAsAws(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    const { headers, rawHeaders } = request;
    const shown = headersAsAws(rawHeaders, hasBody(headers));
    rawHeaders.splice(0, rawHeaders.length, ...Object.entries(shown).flat());
    headers["content-type"] = binary;
    delete headers.origin;
  });
}

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/**
 * Headers by lower-case name, as AWS shows them: those of one name joined by commas, where
 * serverless-offline shows the last one only. It shows a body whose type is missing or empty as JSON:
 * RFC 9110 section 8.3 lets the receiver take it for bytes, as AWS does.
 */
export function headersAsAws(
  rawHeaders: readonly string[],
  withBody: boolean,
): Record<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    const value = rawHeaders[index + 1] ?? "";
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  if (withBody && !headers.get("content-type")) headers.set("content-type", binary);
  return Object.fromEntries(headers);
}

type Event = Record<string, unknown>;

/** An instance of a function, as far as it is used here. */
interface Instance {
  setEvent(event: Event): void;
  setClientContext(context: unknown): void;
  runHandler(): Promise<unknown>;
}

interface InstancePool {
  get(functionKey: string, definition: object): Instance;
}

/** One call of a function; it takes an instance when it is its turn. */
class Call implements Instance {
  #event: Event = {};
  #clientContext: unknown;
  readonly #functionKey: string;
  readonly #slots: Slots;
  readonly #takeInstance: () => Instance;

  constructor(functionKey: string, slots: Slots, takeInstance: () => Instance) {
    this.#functionKey = functionKey;
    this.#slots = slots;
    this.#takeInstance = takeInstance;
  }

  setClientContext(context: unknown): void {
    this.#clientContext = context;
  }

  /** Where a request has no body or no query, AWS leaves the field out, as its types say; here it is null. */
  setEvent(event: Event): void {
    const fields = Object.entries(event).filter(([, value]) => !isHttp(event) || value !== null);
    this.#event = Object.fromEntries(fields);
  }

  /**
   * Where a function throws, cannot be loaded or runs out of time, serverless-offline answers 200, from
   * which a sender would take that its measurements are accepted.
   */
  async runHandler(): Promise<unknown> {
    try {
      return await this.#slots.run(() => {
        const instance = this.#takeInstance();
        instance.setClientContext(this.#clientContext);
        instance.setEvent(this.#event);
        return instance.runHandler();
      });
    } catch (error) {
      if (!isHttp(this.#event)) throw error;
      console.error(`${this.#functionKey} failed:`, error);
      return error instanceof TooMuchWaiting
        ? httpAnswer(503, "Service Unavailable")
        : httpAnswer(500, "Internal Server Error");
    }
  }
}

const isHttp = (event: Event): boolean => event["version"] === "2.0";

const httpAnswer = (statusCode: number, message: string) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message }),
});

/** Functions answer as on AWS, and as many run at once as this machine can bear. */
export async function runFunctionsAsAws(): Promise<void> {
  const file = new URL("lambda/LambdaFunctionPool.js", import.meta.resolve("serverless-offline"));
  const { prototype }: { prototype: InstancePool } = (await import(file.href)).default;
  const { get } = prototype;
  const slots = new Map<string, Slots>();
  prototype.get = function (functionKey, definition) {
    const own = slots.get(functionKey) ?? new Slots(instancesMax);
    slots.set(functionKey, own);
    return new Call(functionKey, own, () => get.call(this, functionKey, definition));
  };
}
