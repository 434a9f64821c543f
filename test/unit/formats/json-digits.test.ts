import { describe, expect, test } from "@jest/globals";
import { decodeJson } from "../../../lib/formats/decode-json.ts";
import { context, encodeUtf8, measurement, nowMs } from "../../support/formats/decode-context.ts";

const decodeText = (text: string) => decodeJson(encodeUtf8(text), context);

describe("the digits of a number are kept", () => {
  const long = "12.345678901234567890123";
  const item = (value: string, others = "") =>
    `{"measurements":[{"project_name":"credits",${others}"metric":"project_vcpu_usage","time":${nowMs},${value}}]}`;

  test.each([
    ["with blanks around it", `"value" \t:\r\n ${long} `],
    ["where it is sent twice, of which the last counts", `"value":1,"value":${long}`],
    ["in quotes, where the key is written with an escape", `"v\\u0061lue":"${long}"`],
  ])("%s", (_, value) => {
    expect(decodeText(item(value))).toMatchObject({
      measurements: [measurement({ value: long })],
      faults: [],
    });
  });

  test("a number whose key is written with an escape is refused, since its digits are lost", () => {
    expect(decodeText(item(`"v\\u0061lue":${long}`)).faults).toEqual([
      {
        at: "measurements[0].value",
        code: "field-invalid",
        detail: "send a number or a decimal in quotes, and `value` without escapes",
      },
    ]);
  });

  test("in a text they are no number", () => {
    const site = String.raw`{\"value\":1,\\`;
    const decoded = decodeText(
      item('"value":2,"resource":"\\"value\\" : 3,"', `"site":"${site}",`),
    );
    expect(decoded.measurements).toEqual([
      measurement({
        value: "2",
        site: String.raw`{"value":1,\\`.slice(0, -1),
        resource: '"value" : 3,',
      }),
    ]);
  });

  test.each([
    '"value":01',
    '"value":1.',
    '"value":.5',
    '"value":+1',
    '"value":1e',
    '"value":1\u00a0',
    '"value"\u00a0:1',
  ])("what is no number of JSON stays none: %s", (value) => {
    expect(() => decodeText(item(value))).toThrow(
      expect.objectContaining({ code: "json-invalid" }),
    );
  });

  test("a key that ends like the field is another one", () => {
    expect(decodeText(item(String.raw`"value":1,"a\"value":2`)).faults).toMatchObject([
      { at: 'measurements[0].a"value', code: "field-invalid" },
    ]);
  });
});
