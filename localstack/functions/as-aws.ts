/** Makes serverless-offline 14.8 behave as AWS does where the two differ. */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { instancesMax, Slots, TooManyWaiting } from "./instance-slots.ts";

const binary = "application/octet-stream";

/**
 * Changes each request before serverless-offline sees it. It acts on the request's `headers`, but builds
 * the function's event from `rawHeaders`.
 *
 * It decodes every body as UTF-8 except those of one content type, which would destroy compressed bodies
 * and silently change names in other encodings. So every body is declared to be of that type and arrives
 * in base64, as AWS hands over everything that is not text.
 *
 * It allows every web page to read the answers, although serverless.yml configures no CORS. It adds those
 * headers only to a request that has an origin, so the origin is removed.
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
 * The headers of the event by lower-case name. Headers of the same name are joined by commas, as on AWS;
 * serverless-offline would keep only the last. It would also declare a body whose content type is missing
 * or empty to be JSON; RFC 9110 section 8.3 lets the receiver treat it as bytes, as AWS does.
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

/** The part of serverless-offline's class for an instance of a function that is used here. */
interface Instance {
  setEvent(event: Event): void;
  setClientContext(context: unknown): void;
  runHandler(): Promise<unknown>;
}

interface InstancePool {
  get(functionKey: string, definition: object): Instance;
}

/** One call of a function, which waits for a slot before it takes an instance. */
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

  setEvent(event: Event): void {
    this.#event = isHttp(event) ? httpEventAsAws(event) : event;
  }

  /**
   * If a function throws, cannot be loaded or runs out of time, serverless-offline answers 200, and the
   * sender would believe that its measurements were accepted.
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
      return error instanceof TooManyWaiting
        ? httpAnswer(503, "Service Unavailable")
        : httpAnswer(500, "Internal Server Error");
    }
  }
}

/**
 * For a request without a body or a query, AWS leaves the field out; serverless-offline sets it to null. AWS
 * hands cookies over in a list of their own instead of a header, which serverless-offline forgets.
 */
export function httpEventAsAws(event: Event): Event {
  const { cookie, ...headers } = event["headers"] as Record<string, string>;
  const cookies = cookie?.split("; ");
  const fields = Object.entries({ ...event, headers, cookies });
  return Object.fromEntries(fields.filter(([, value]) => value !== null && value !== undefined));
}

const isHttp = (event: Event): boolean => event["version"] === "2.0";

const httpAnswer = (statusCode: number, message: string) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message }),
});

/** Makes functions answer as on AWS, and limits how many run at once to what this machine can do. */
export async function runFunctionsAsAws(): Promise<void> {
  const file = new URL("lambda/LambdaFunctionPool.js", import.meta.resolve("serverless-offline"));
  const { prototype }: { prototype: InstancePool } = (await import(file.href)).default;
  const { get } = prototype;
  const slots = new Map<string, Slots>();
  prototype.get = function (functionKey, definition) {
    const functionSlots = slots.get(functionKey) ?? new Slots(instancesMax);
    slots.set(functionKey, functionSlots);
    return new Call(functionKey, functionSlots, () => get.call(this, functionKey, definition));
  };
}
