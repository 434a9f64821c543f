import { StringDecoder } from "node:string_decoder";
import { printable } from "../../lib/printable.ts";

/**
 * Names and messages from outside stand in the errors that serverless-offline and the functions write:
 * whoever reads the log in a terminal must not have it redrawn by them.
 */
export function makePrintable(stream: NodeJS.WriteStream): void {
  const decoder = new StringDecoder("utf8");
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
    return write(printable(text), ...(rest as []));
  };
}
