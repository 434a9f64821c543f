import type { Mutation } from "../mutation.ts";

export const notices: readonly Mutation[] = [
  {
    id: "P05",
    file: "lib/postgres/notices/queries/claim-deliveries.ts",
    from: `     limit $5::int4
       for update skip locked
`,
    to: `     limit $5::int4
`,
    harm: "two runs send one notice to operators twice",
    tests: ["integration/notices/operators-first.test.ts"],
  },
  {
    id: "P09",
    file: "lib/postgres/notices/queries/delete-channel-state.ts",
    from: `
              and state = 'failed'))`,
    to: "))",
    harm: "sending one notice again opens the circuit of a channel that took it already",
    tests: ["integration/commands/notices-command.test.ts"],
  },
  {
    id: "P40",
    file: "lib/postgres/notices/queries/update-deliveries-failed.ts",
    from: `
     and state = 'due'\``,
    to: "`",
    harm: "a 410 marks what was delivered as failed, and sending again tells it twice",
    tests: ["integration/notices/two-channels.test.ts"],
  },
  {
    id: "P59",
    file: "lib/postgres/notices/site-watch.ts",
    from: `      await lockAdvisory(client, "siteWatch");
`,
    to: "",
    harm: "two watches at once tell of a silent site twice",
    tests: ["integration/notices/watch-sites.test.ts"],
  },
  {
    id: "N01",
    file: "lib/postgres/notices/limit-scan.ts",
    from: `      await lockAdvisory(client, "limitScan");
`,
    to: "",
    harm: "two scans at once find one crossing twice, and one of them fails",
    tests: ["integration/notices/locks.test.ts"],
  },
  {
    id: "N02",
    file: "lib/postgres/notices/outbox.ts",
    from: `  await lockAdvisoryShared(client, "channelDisabling");
`,
    to: "",
    harm: "what is dispatched while a channel is disabled waits there for ever",
    tests: ["integration/notices/locks.test.ts"],
  },
  {
    id: "N03",
    file: "lib/postgres/notices/outbox.ts",
    from: `      await lockAdvisory(client, "channelDisabling");
`,
    to: "",
    harm: "the same, seen from the other side",
    tests: ["integration/notices/locks.test.ts"],
  },
  {
    id: "N04",
    file: "lib/postgres/notices/queries/insert-limit-notices.ts",
    from: `
              and notices.rearmed_at is null`,
    to: "",
    harm: "a limit is told once in the life of a project",
    tests: ["integration/notices/scan-limits.test.ts"],
  },
  {
    id: "N05",
    file: "lib/postgres/notices/queries/update-delivery.ts",
    from: "(state = 'due' and tries = $7::int4)",
    to: "state = 'due'",
    harm: "a run whose lease is over fails what another one is about to deliver",
    tests: ["integration/notices/deliver-notices-races.test.ts"],
  },
  {
    id: "N06",
    file: "lib/postgres/notices/queries/select-undispatched.ts",
    from: "     for update of notices skip locked",
    to: "",
    harm: "two runs dispatch the same notices, and one fails",
    tests: ["integration/notices/locks.test.ts"],
  },
  {
    id: "N07",
    file: "lib/postgres/notices/queries/delete-notices-before.ts",
    from: "(state <> 'delivered'",
    to: "(state = 'due'",
    harm: "what could not be delivered is removed before an operator has seen it",
    tests: ["integration/notices/remove-old-notices.test.ts"],
  },
  {
    id: "N08",
    file: "lib/postgres/notices/queries/delete-notices-before.ts",
    from: `     where deliveries.notice_id = ended.notice_id
`,
    to: ``,
    harm: "the removal of old notices removes every delivery that is due",
    tests: ["integration/notices/remove-old-notices.test.ts"],
  },
  {
    id: "N09",
    file: "lib/postgres/notices/queries/delete-notices-before.ts",
    from: `where deliveries.notice_id = notices.notice_id
                and`,
    to: `where`,
    harm: "one delivery that waits keeps all old notices",
    tests: ["integration/notices/remove-old-notices.test.ts"],
  },
  {
    id: "N10",
    file: "lib/postgres/notices/queries/claim-deliveries.ts",
    from: `     where channel = $1::text
       and state = 'due'
       and to_operators
`,
    to: `     where state = 'due'
       and to_operators
`,
    harm: "what is due at one channel counts as tried at another, and goes there late",
    tests: ["integration/notices/two-channels.test.ts"],
  },
  {
    id: "N11",
    file: "lib/postgres/notices/queries/delete-channel-state.ts",
    from: `where public_id = $2::uuid
              and`,
    to: `where`,
    harm: "sending one notice again opens the circuit of every channel at which any has failed",
    tests: ["integration/notices/two-channels.test.ts"],
  },
  {
    id: "N12",
    file: "lib/postgres/notices/queries/delete-channel-state.ts",
    from: `($1::text is null or channel = $1::text)`,
    to: `($1::text is null or $1::text is not null)`,
    harm: "sending again what failed at one channel opens the circuits of all",
    tests: ["integration/notices/two-channels.test.ts"],
  },
];
