import { loadConfig } from "../config.ts";
import { readDatabase } from "../postgres/database/database-settings.ts";
import { inTransaction } from "../postgres/database/in-transaction.ts";
import { type Pool, withPool } from "../postgres/database/pool.ts";
import { deleteChannelState } from "../postgres/notices/queries/delete-channel-state.ts";
import {
  type ChannelBacklogRow,
  selectChannelBacklogs,
} from "../postgres/notices/queries/select-channel-backlogs.ts";
import { selectChannelNames } from "../postgres/notices/queries/select-channel-names.ts";
import {
  type FailedDeliveryRow,
  selectFailedDeliveries,
} from "../postgres/notices/queries/select-failed-deliveries.ts";
import { selectNoticeDeliveries } from "../postgres/notices/queries/select-notice-deliveries.ts";
import { updateDeliveriesDue } from "../postgres/notices/queries/update-deliveries-due.ts";
import { printable } from "../printable.ts";
import { Arguments } from "./arguments.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run notices                                    lists failed and waiting deliveries
       npm run notices -- --resend [--channel C] [--id ID]   sends failed ones again, with the same ids

Sending again also opens a channel whose receiver was gone (410). The next run of send-limit-notices
sends.`;
const limits = { connectionsMax: 1, statementTimeoutMs: 60_000 };
const listedMax = 1_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `npm run notices`: lists the deliveries that have failed, and tries them again. */
await runCommand(async () => {
  const args = new Arguments(usage, ["channel", "id"], ["resend"], process.argv.slice(2));
  const [channel, id] = [args.text("channel"), args.text("id")];
  if (id !== null && !uuid.test(id)) throw args.wrong("--id must be the id of a notice");
  if (!args.has("resend") && (channel ?? id) !== null) throw args.wrong("--resend is missing");
  const { database } = loadConfig({ database: readDatabase });
  await withPool(database, limits, (pool) =>
    args.has("resend") ? resend(pool, channel, id) : list(pool),
  );
});

// Functions, because the command above runs before a constant below it has its value.
async function list(pool: Pool): Promise<void> {
  const rows = await selectFailedDeliveries(pool, listedMax);
  for (const row of rows) console.log(printable(toLine(row)));
  const isCut = rows.length === listedMax;
  console.log(`${rows.length}${isCut ? " deliveries or more" : " deliveries"} have failed`);
  for (const row of await selectChannelBacklogs(pool)) console.log(printable(toBacklogLine(row)));
}

async function resend(pool: Pool, channel: string | null, id: string | null): Promise<void> {
  const states = id === null ? [] : await requireNotice(pool, id);
  const channels = id === null ? await selectChannelNames(pool) : states.map(([name]) => name);
  if (channel !== null && !channels.includes(channel)) {
    const where = id === null ? "" : " for this notice";
    throw new Error(
      `there is no channel ${channel}${where}; there are: ${channels.join(", ") || "none"}`,
    );
  }
  const count = await inTransaction(pool, async (client) => {
    await deleteChannelState(client, channel, id);
    return updateDeliveriesDue(client, channel, id);
  });
  const current = states.map((state) => state.join(" ")).join(", ");
  const why = count > 0 || id === null ? "" : `: ${current || "no channel takes it"}`;
  console.log(`${count} deliveries are due again${why}`);
}

/** Each channel of the notice with the state of its delivery; throws where there is no such notice. */
async function requireNotice(pool: Pool, id: string): Promise<readonly [string, string][]> {
  const rows = await selectNoticeDeliveries(pool, id);
  if (rows.length === 0) throw new Error(`there is no notice ${id}`);
  return rows.flatMap(({ channel, state }) => (channel === null ? [] : [[channel, state ?? ""]]));
}

function toLine(row: FailedDeliveryRow): string {
  const { id, channel, type, project_name: projectName, tries, last_error: error } = row;
  const at = row.failed_at.toISOString();
  return [at, id, channel, type, projectName ?? "", `${tries} tries`, error ?? ""].join("  ");
}

function toBacklogLine(row: ChannelBacklogRow): string {
  const parts = [
    `${row.channel}: ${row.due_count} due`,
    row.disabled_at && `disabled since ${row.disabled_at.toISOString()}: ${row.disabled_reason}`,
    row.open_until && `left alone until ${row.open_until.toISOString()}`,
  ];
  return parts.filter(Boolean).join(", ");
}
