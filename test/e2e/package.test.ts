import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
let directory: string;
let template: { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };

// In a copy, because the build folder of the checkout belongs to the stacks that run in it.
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "openstack-credits-package-"));
  for (const name of ["functions", "lib", "serverless.yml", "package.json", "tsconfig.json"]) {
    await cp(join(root, name), join(directory, name), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(directory, "node_modules"));
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const serverless = join(root, "node_modules/serverless/bin/serverless.js");
  await run(process.execPath, [serverless, "package", "--stage", "prod"], {
    cwd: directory,
    env: { PATH, HOME, NODE_COMPILE_CACHE },
    timeout: 150_000,
  });
  const file = join(directory, ".serverless/cloudformation-template-update-stack.json");
  template = JSON.parse(await readFile(file, "utf8"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const ofType = (type: string) =>
  Object.values(template.Resources).filter((resource) => resource.Type === type);
/** The files in the zip of a function with their bytes, by the directory at its end. */
const zipped = async (name: string): Promise<Readonly<Record<string, number>>> => {
  const archive = await readFile(join(directory, `.serverless/${name}.zip`));
  const files: Record<string, number> = {};
  for (let at = 0; ; at += 46) {
    at = archive.indexOf("PK\x01\x02", at);
    if (at < 0) return files;
    const path = archive.toString("utf8", at + 46, at + 46 + archive.readUInt16LE(at + 28));
    files[path] = archive.readUInt32LE(at + 24);
  }
};

test("the template needs nothing but the secret, which CloudFormation reads", () => {
  const [biller] = ofType("AWS::Lambda::Function").filter(({ Properties }) =>
    String(Properties["FunctionName"]).endsWith("bill-measurements"),
  );
  expect(biller?.Properties["Environment"]).toMatchObject({
    Variables: {
      DATABASE_URL: "{{resolve:secretsmanager:openstack-credits/prod:SecretString:DATABASE_URL}}",
      DEAD_LETTER_QUEUE_URL: { Ref: "DeadLetterQueue" },
    },
  });
});

test("the queue triggers the biller, which answers what is to come again", () => {
  const [trigger] = ofType("AWS::Lambda::EventSourceMapping");
  expect(trigger?.Properties).toMatchObject({
    BatchSize: 10,
    EventSourceArn: { "Fn::GetAtt": ["MeasurementsQueue", "Arn"] },
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ScalingConfig: { MaximumConcurrency: 4 },
  });
});

test("each function is bundled by itself with only what it needs", async () => {
  const functions = ofType("AWS::Lambda::Function");
  expect(functions.length).toBeGreaterThanOrEqual(8);
  expect(Object.keys(await zipped("ping"))).toEqual(["functions/ping.mjs"]);
  expect(Object.keys(await zipped("bill-measurements"))).toEqual([
    "functions/bill-measurements.mjs",
  ]);
  expect(Object.keys(await zipped("migrate-database"))).toEqual(
    expect.arrayContaining([
      "functions/migrate-database.mjs",
      "lib/postgres/migrations/001-ledger.sql",
    ]),
  );
  const ofPages = ["lib/web/assets/page.css", "lib/web/assets/page.js"];
  const description = "lib/web/assets/openapi.json";
  const assets = {
    "read-asset": ofPages,
    "read-project-page": ofPages,
    "describe-api": [description, ...ofPages],
    "refuse-route": [description],
  };
  for (const [name, files] of Object.entries(assets)) {
    expect(Object.keys(await zipped(name))).toEqual([`functions/${name}.mjs`, ...files]);
  }
});

test("no function is so large that starting it takes long", async () => {
  const names = (await readdir(join(directory, ".serverless"))).filter((file) =>
    file.endsWith(".zip"),
  );
  expect(names.length).toBeGreaterThanOrEqual(8);
  for (const name of names.map((file) => file.replace(/\.zip$/, ""))) {
    const bytes = (await zipped(name))[`functions/${name}.mjs`];
    expect({ name, bytes, fits: Number(bytes) > 10_000 && Number(bytes) <= 500_000 }).toMatchObject(
      { fits: true },
    );
  }
});
