import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { makePrintable } from "../../../../localstack/functions/printable-output.ts";

test("what the functions' process writes shows unseen characters as escapes, however it is cut", async () => {
  const stream = new PassThrough();
  makePrintable(stream as unknown as NodeJS.WriteStream);
  const euroAndCsi = Buffer.from("€\u009b");
  stream.write("a\u202eb\n");
  stream.write(euroAndCsi.subarray(0, 2));
  stream.write(euroAndCsi.subarray(2, 4));
  stream.write(euroAndCsi.subarray(4), () => stream.end());
  expect(await text(stream)).toBe("a\\u202eb\n€\\u009b");
});
