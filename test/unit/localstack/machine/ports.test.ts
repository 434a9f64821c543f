import { expect, test } from "@jest/globals";
import { freePort } from "../../../../localstack/machine/ports.ts";

test("a port that is meant for another part is not handed out though nothing listens on it yet", async () => {
  const port = await freePort();
  expect(await freePort(port + 1)).not.toBe(port + 1);
});
