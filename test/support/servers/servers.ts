import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFauxqs } from "fauxqs";
import { openEmbeddedPostgres, superuser } from "../../../localstack/database/embedded-postgres.ts";
import { freePort } from "../../../localstack/machine/ports.ts";
import { onServer } from "./on-server.ts";
import { createTemplateDatabase } from "./template-database.ts";

// Set for the workers: the servers that the integration tests run on.
export const databaseVariable = "TEST_DATABASE_URL";
/** The name of a migrated database, of which others are copies. */
export const templateVariable = "TEST_DATABASE_TEMPLATE";
export const sqsVariable = "TEST_SQS_ENDPOINT";

type Stop = () => Promise<void>;
const stops: Stop[] = [];

/** Before the tier: the servers named by DATABASE_URL and SQS_ENDPOINT, or embedded ones. */
export async function startServers(): Promise<void> {
  const server = process.env["DATABASE_URL"] || (await startPostgres());
  process.env[databaseVariable] = server;
  const template = await createTemplateDatabase(server);
  stops.unshift(() => onServer(server, `drop database ${template}`));
  process.env[templateVariable] = template;
  process.env[sqsVariable] = process.env["SQS_ENDPOINT"] || (await startSqs());
}

async function startPostgres(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "openstack-credits-test-"));
  // Started by root, the server runs as another user, who must reach its files.
  await chmod(directory, 0o755);
  const postgres = await openEmbeddedPostgres(join(directory, "postgres"));
  const port = await freePort();
  await postgres.start(port);
  stops.push(postgres.stop, () => rm(directory, { recursive: true, force: true }));
  return `postgres://${superuser}:${postgres.password}@127.0.0.1:${port}/postgres`;
}

async function startSqs(): Promise<string> {
  const server = await startFauxqs({ port: 0, logger: false });
  stops.push(() => server.stop());
  return `http://127.0.0.1:${server.port}`;
}

export async function stopServers(): Promise<void> {
  for (const stop of stops.splice(0)) await stop();
}
