/** The function threw, ran out of time, or could not be called. */
export class InvocationFailed extends Error {
  override readonly name = "InvocationFailed";
}

/** AWS and the local invocation API refuse larger events. */
export const payloadBytesMax = 6 * 1024 * 1024;

export interface InvocationTarget {
  /** Base URL of the invocation API. */
  readonly endpoint: string;
  readonly functionName: string;
  readonly timeoutSeconds: number;
}

/** Invokes the function and returns its answer; undefined if it gave none. */
export async function invokeFunction(target: InvocationTarget, payload: string): Promise<unknown> {
  const url = new URL(`/2015-03-31/functions/${target.functionName}/invocations`, target.endpoint);
  let text: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: payload,
      // Later than the function's own timeout: for a server that does not answer at all.
      signal: AbortSignal.timeout((target.timeoutSeconds + 10) * 1000),
    });
    text = await response.text();
    if (!response.ok || response.headers.has("x-amz-function-error")) {
      throw new InvocationFailed(`${response.status}: ${text.slice(0, 500)}`);
    }
  } catch (cause) {
    if (cause instanceof InvocationFailed) throw cause;
    throw new InvocationFailed(String(cause), { cause });
  }
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvocationFailed("the answer is not JSON", { cause });
  }
}
