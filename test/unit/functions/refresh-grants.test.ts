import { beforeAll, expect, jest, test } from "@jest/globals";
import { logger } from "../../../lib/logger.ts";
import { lambdaContext } from "../../support/http-event.ts";
import { environmentOf } from "../../support/service-file.ts";

type RefreshGrants =
  typeof import("../../../lib/usecases/grants/refresh-grants.ts")["refreshGrants"];
type Handler = typeof import("../../../functions/refresh-grants.ts")["handler"];

const counts = { asked: 3, changed: 0, failed: 0, failures: [], isFinished: true };
const refreshGrants = jest.fn<RefreshGrants>();
let handler: Handler;
beforeAll(async () => {
  const usecase = "../../../lib/usecases/grants/refresh-grants.ts";
  const real = await import("../../../lib/usecases/grants/refresh-grants.ts");
  jest.unstable_mockModule(usecase, () => ({ ...real, refreshGrants }));
  const given = {
    DATABASE_URL: "postgres://u:p@localhost/credits",
    API_CONTACT_BASE_URL: "http://localhost",
    API_CONTACT_KEY: "key",
  };
  Object.assign(process.env, environmentOf("refresh-grants", given));
  ({ handler } = await import("../../../functions/refresh-grants.ts"));
  logger.level = "silent";
});

const levels = ["info", "warn", "error"] as const;

test.each([
  ["all grants are refreshed", { failed: 0, isPortalAway: false }, "info"],
  ["some grants are not refreshed", { failed: 1, isPortalAway: false }, "warn"],
  ["the portal is away", { failed: 3, isPortalAway: true }, "error"],
] as const)("where %s, that is one line of the log", async (_, outcome, expected) => {
  const told = levels.map((level) => [level, jest.spyOn(logger, level)] as const);
  refreshGrants.mockResolvedValue({ ...counts, ...outcome });
  await handler({}, lambdaContext);
  expect(told.flatMap(([level, { mock }]) => mock.calls.map(() => level))).toEqual([expected]);
  jest.restoreAllMocks();
});
