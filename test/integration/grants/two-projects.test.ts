import { expect, test } from "@jest/globals";
import {
  withAdjustments,
  withGrants,
} from "../../../lib/postgres/grants/grants-and-adjustments.ts";
import { readProjectCredits } from "../../../lib/postgres/reading/credits.ts";
import { bookAdjustment } from "../../../lib/usecases/grants/book-adjustment.ts";
import { setGrant } from "../../../lib/usecases/grants/set-grant.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const who = { actor: "ada", reason: "test" };
const grant = (projectName: string, grantedCredits: string) => {
  const keyed = { key: `grant ${projectName}`, request: grantedCredits };
  return setGrant({ projectName, grantedCredits, ...who }, keyed, withGrants(database.pool));
};
const adjust = (projectName: string, credits: string) => {
  const keyed = { key: `adjust ${projectName}`, request: credits };
  const adjustment = { projectName, credits, ...who, atMs: 0 };
  return bookAdjustment(adjustment, keyed, withAdjustments(database.pool));
};
const credits = async (projectName: string) => {
  const { usedCredits, grantedCredits } =
    (await readProjectCredits(database.pool, projectName)) ?? {};
  return [Number(usedCredits), Number(grantedCredits)];
};

test("a grant and an adjustment of one project change nothing of another", async () => {
  await grant("one", "100");
  await grant("two", "200");
  await adjust("one", "5");
  await adjust("two", "7");
  expect(await credits("one")).toEqual([5, 100]);
  expect(await credits("two")).toEqual([7, 200]);
});

test("a request that is repeated is answered with its own outcome", async () => {
  expect(await grant("one", "100")).toMatchObject({ projectName: "one", grantedCredits: "100" });
  expect(await grant("two", "200")).toMatchObject({ projectName: "two", grantedCredits: "200" });
  expect(await adjust("one", "5")).toMatchObject({ projectName: "one", credits: "5" });
  expect(await credits("one")).toEqual([5, 100]);
});
