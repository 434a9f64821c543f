/** What serverless-offline 14.8 does differently from AWS, made the same. */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { instancesMax, Slots, TooMuchWaiting } from "../queues/slots.ts";

const binary = "application/octet-stream";

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/**
 * serverless-offline decodes all bodies but those of one type as UTF-8, which no compressed body
 * survives, nor text that is not UTF-8: names would be changed without a word. So all bodies are handed
 * over in base64, as AWS hands over what is not text. It decides by `headers`; what the function is
 * shown comes from `rawHeaders`, which stay as they were sent. A body without a type would be shown as
 * JSON: RFC 9110 section 8.3 lets the receiver take it for bytes, as AWS does.
 */
export function handOverBodiesAsAws(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    if (request.headers["content-type"] === undefined && hasBody(request)) {
      request.rawHeaders.push("Content-Type", binary);
    }
    request.headers["content-type"] = binary;
  });
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
