import { describe, expect, test } from "@jest/globals";
import { readAnswer } from "../../../lib/portal/granted-credits.ts";
import { readPortalGrantSettings } from "../../../lib/portal/portal-settings.ts";
import { PullFailed } from "../../../lib/usecases/grants/refresh-grants.ts";

const answered = (body: string, statusCode = 200) => readAnswer({ statusCode, body });

function failure(body: string, statusCode?: number): PullFailed {
  try {
    throw new Error(`taken: ${answered(body, statusCode)}`);
  } catch (error) {
    return error as PullFailed;
  }
}

describe("a plain number is taken, exactly", () => {
  test.each([
    ["100", "100"],
    ["100.0", "100"],
    ["\n 0.10 \r\n", "0.1"],
    ["0", "0"],
    ["-0.0", "0"],
    ["1e3", "1000"],
    ["1.5E-05", "0.000015"],
    [".5", "0.5"],
    ["999999999999999.999999999999", "999999999999999.999999999999"],
    ["1e15", "1000000000000000"],
    ["1e+16", "10000000000000000"],
    ["18446744073709551615", "18446744073709551615"],
    ["999999999999999999999.999", "999999999999999999999.999"],
  ])("%j is %s", (body, credits) => {
    expect(answered(body)).toBe(credits);
  });
});

describe("anything else is a failure of the project", () => {
  test.each([
    "",
    "NaN",
    "nan",
    "-1",
    "Infinity",
    "inf",
    "null",
    "None",
    '"100"',
    "100,5",
    "1 000",
    "0x10",
    "100 credits",
    '{"granted_credits":100}',
    "<html>100</html>",
    "1e21",
    "1e400",
    "1e-31",
    `${"0".repeat(300)}1`,
  ])("%j", (body) => {
    expect(failure(body)).toBeInstanceOf(PullFailed);
    expect(failure(body).about).toBe("project");
  });

  test.each([201, 204, 206, 301, 302, 400, 404, 500])("status %i", (status) => {
    expect(failure("100", status)).toMatchObject({ about: "project", message: `HTTP ${status}` });
  });
});

test.each([401, 403, 408, 429, 502, 503, 504])(
  "status %i tells of the portal as a whole",
  (status) => {
    expect(failure("100", status)).toMatchObject({ about: "portal", message: `HTTP ${status}` });
  },
);

describe("the settings", () => {
  const read = (variables: Record<string, string>) =>
    readPortalGrantSettings((name) => variables[name]);

  test("name a path below the base URL, with or without a slash at its end", () => {
    for (const base of ["https://portal/api", "https://portal/api/"]) {
      const settings = read({ API_CONTACT_BASE_URL: base, API_CONTACT_KEY: "k" });
      expect(settings?.url.href).toBe("https://portal/api/secure/granted-credits/");
      expect(settings?.apiKey).toBe("k");
    }
  });

  test("are none without the URL", () => {
    expect(read({ API_CONTACT_KEY: "k" })).toBeUndefined();
  });

  test("are refused with every fault", () => {
    expect(() => read({ API_CONTACT_BASE_URL: "portal" })).toThrow(
      expect.objectContaining({
        errors: [
          new Error("API_CONTACT_BASE_URL must be a URL such as https://portal.example.org/api"),
          new Error("API_CONTACT_KEY is not set, but API_CONTACT_BASE_URL is"),
        ],
      }),
    );
  });
});
