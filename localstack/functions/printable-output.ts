import { StringDecoder } from "node:string_decoder";
import { printable } from "../../lib/printable.ts";

/**
 * Errors that serverless-offline and the functions print may contain names and messages from outside,
 * which must not control the terminal in which the log is read.
 */
export function makePrintable(stream: NodeJS.WriteStream): void {
  const decoder = new StringDecoder("utf8");
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
    return write(printable(text), ...(rest as []));
  };
}
