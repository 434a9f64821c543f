import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { composeMail } from "../../../lib/mail/compose-mail.ts";
import { readMailTemplates } from "../../../lib/mail/mail-templates.ts";
import { placeholders, valuesOf } from "../../../lib/mail/notice-values.ts";
import { oneLine } from "../../../lib/mail/template.ts";
import type { Notice } from "../../../lib/usecases/notices/notice.ts";
import { readMail } from "../../../localstack/demo/read-mail.ts";
import { limitNotice, noticesOfEachType } from "../../support/notices/notices.ts";
import { propertyRuns } from "../../support/properties.ts";

const settings = { from: "credits@example.org", templates: readMailTemplates(undefined) };
const recipients = { to: ["pi@example.org", "second@example.org"], cc: ["governance@example.org"] };

const compose = async (notice: Notice) =>
  readMail((await composeMail(settings, recipients, notice)).message);

const subjectOf = async (notice: Notice) => (await compose(notice)).headers["subject"]?.[0];

test("every type has the placeholders that its templates may use", () => {
  for (const notice of noticesOfEachType) {
    expect([notice.type, Object.keys(valuesOf(notice)).sort()]).toEqual([
      notice.type,
      [...placeholders[notice.type]].sort(),
    ]);
  }
});

describe("the subject of a limit", () => {
  test.each([
    ["50", "50% Credits left for Project C"],
    ["50.0", "50% Credits left for Project C"],
    ["80", "20% Credits left for Project C"],
    ["99.5", "0.5% Credits left for Project C"],
    ["100", "0% Credits left for Project C"],
    ["150", "0% Credits left for Project C"],
  ])("of %s %% says how much is left at it", async (threshold, subject) => {
    expect(await subjectOf(limitNotice({ threshold }))).toBe(subject);
  });
});

// One step may cross both limits: the subject is that of the limit, the figures are the project's.
test.each(["50", "100"])(
  "by how much a grant is exceeded, says the mail of the limit %s, too",
  async (threshold) => {
    const { parts } = await compose(limitNotice({ threshold, usedCredits: "103.5" }));
    expect(parts["text/plain"]).toContain(
      `has reached ${threshold} % of its granted credits: it has used 103.5 of 100.0.\n\nThe grant is exceeded by 3.5 credits.\n`,
    );
  },
);

test.each([
  ["4495.999", "4496", "0.0 credits are left.", "0.0 and 0.0"],
  ["4496", "4496", "0.0 credits are left.", "0.0 and 0.0"],
  ["4496.001", "4496", "0.0 credits are left.", "0.0 and 0.0"],
  ["5091", "4496", "The grant is exceeded by 595.0 credits.", "0.0 and 595.0"],
  ["4495.5", "4496", "0.5 credits are left.", "0.5 and 0.0"],
])("of %s used of %s a mail says: %s", async (usedCredits, grantedCredits, sentence, both) => {
  const notice = limitNotice({ threshold: "100", usedCredits, grantedCredits });
  expect((await compose(notice)).parts["text/plain"]).toContain(`\n\n${sentence}\n`);
  const values = valuesOf(notice);
  expect(`${values["credits_left"]} and ${values["exceeded_by"]}`).toBe(both);
});

const pageLine =
  "\nWhat it was spent on, and when it is gone: https://credits.example.org/credits_history/Genetik%20%26%20Co?link=v1.2026a.eyJw\n";

test("without links a mail has no empty paragraph where one would stand", async () => {
  const { parts } = await compose(limitNotice());
  expect(parts["text/plain"]).toContain("50.0 credits are left.\n\n-- \n");
  expect(parts["text/html"]).not.toContain("<p></p>");
});

test("a mail of each type reads so", async () => {
  const mails = await Promise.all(noticesOfEachType.map(compose));
  expect(mails.map(({ headers, parts }) => [headers["subject"]?.[0], parts["text/plain"]])).toEqual(
    [
      [
        "50% Credits left for Project Genetik & Co",
        `Project Genetik & Co has reached 50 % of its granted credits: it has used 50.0 of 100.0.\n\n50.0 credits are left.\n${pageLine}`,
      ],
      [
        "Credits of Project Genetik & Co end within 14 days",
        `At the rate of the last weeks, the granted credits of project Genetik & Co end on 2026-11-28, give or take: between 2026-11-25 and an unknown day.\n\nIt has used 90.12 of 100.0.\n${pageLine}`,
      ],
      [
        "Site 8676 reports no usage",
        "No measurement of site 8676 has come since 2026-11-22 02:43 UTC.\n\nIts 20000 series are not billed until it reports again.\n",
      ],
      [
        "Site without a name reports usage again",
        "Measurements of site without a name come again; it had been silent since 2026-11-22 02:43 UTC.\n\nIt has 1 series.\n",
      ],
      [
        "3 series of site 8676 report no usage",
        `Site 8676 reports, but no measurement of 3 of its series comes any more:\n\n${seriesLines}`,
      ],
      [
        "3 series of site 8676 report usage again",
        `Measurements of 3 series of site 8676 come again, which had been silent:\n\n${seriesLines}`,
      ],
      [
        "The bill of 2 series of site 8676 is doubtful: held",
        `Please look at 2 series of site 8676 (held):\n\n${doubtLines}\nWhat can be done: npm run holds lists what is held, and accepts or rejects it. To be told no more until it begins anew: npm run acknowledge -- --kind held.\n`,
      ],
      [
        "No longer doubtful: 2 series of site 8676 (held)",
        `This is over for 2 series of site 8676 (held):\n\n${doubtLines}`,
      ],
      [
        "Key north has made 20000 new series in an hour",
        "In the hour of 2026-11-23 02:00 UTC the key north has made 20000 new series, as many as NEW_SERIES_PER_HOUR permits.\n\nMore of them wait on the queue for the next hour; those that were known before are billed. If this is no mistake, raise NEW_SERIES_PER_HOUR; if it is one, stop the sender.\n",
      ],
    ].map(([subject, text]) => [subject, `${text}\n${ending}`]),
  );
});

const ending =
  "-- \nOpenStack Credits, notice 0b6f7f0e-6f0e-4c55-9d0c-2a1f8f3a9d11 of 2026-11-23 02:43 UTC\n";
const doubtLines =
  "Genetik & Co, project_vcpu_usage, 5f1e<b>: 1 increases of 4999.0 credits are held\nand 1 more\n";
const seriesLines = [
  "Genetik & Co, project_vcpu_usage, 5f1e<b>: since 2026-11-22 02:43 UTC",
  "Genetik & Co, project_mb_usage, 5f1e<b>: since 2026-11-22 02:43 UTC",
  "and 1 more\n",
].join("\n");

test("a measurement ahead of the clock is told as one, with what takes it away", async () => {
  const [silent, back] = noticesOfEachType.slice(4, 6).map((notice) => ({
    ...notice,
    series: [
      {
        projectName: "C",
        metric: "project_vcpu_usage",
        resource: "",
        silentSinceMs: notice.atMs + 86_400_000,
      },
    ],
  })) as unknown as [Notice, Notice];
  const ahead =
    "C, project_vcpu_usage: its last measurement, of 2026-11-24 02:43 UTC, lay ahead of the clock";
  expect((await compose(silent)).parts["text/plain"]).toContain(
    `${ahead} and would hide its silence until then: npm run discard takes it away\n`,
  );
  expect((await compose(back)).parts["text/plain"]).toContain(`${ahead}\n`);
});

test("the HTML says the same, escaped", async () => {
  const { parts } = await compose(noticesOfEachType[4] as Notice);
  expect(parts["text/html"]).toContain(
    "<p>Genetik &amp; Co, project_vcpu_usage, 5f1e&lt;b&gt;: since 2026-11-22 02:43 UTC<br>\nGenetik",
  );
});

test("addressees, id and date are the notice's, and the same at every try", async () => {
  const { headers } = await compose(limitNotice());
  expect(headers).toMatchObject({
    from: ["credits@example.org"],
    to: ["pi@example.org, second@example.org"],
    cc: ["governance@example.org"],
    "message-id": ["<0b6f7f0e-6f0e-4c55-9d0c-2a1f8f3a9d11@example.org>"],
    date: ["Mon, 23 Nov 2026 02:43:03 +0000"],
    "auto-submitted": ["auto-generated"],
  });
  const { to } = await composeMail(settings, recipients, limitNotice());
  expect(to).toEqual([...recipients.to, ...recipients.cc]);
});

describe("a project's name", () => {
  const hostile = fc
    .array(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom(
          "\r\nBcc: victim@example.org",
          "\nX-Header: 1\n\n<script>alert(1)</script>",
          '"><img src=x onerror=alert(1)>',
          "{{used_credits}}",
          "=?utf-8?q?=0d=0aBcc:_x?=",
          "\u2028.\u2029",
          "\r\n.\r\nMAIL FROM:<x>",
          "--\r\nContent-Type: text/html\r\n\r\n",
          ", <victim@example.org>;",
          "Äöü ß €",
        ),
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join("").slice(0, 256).toWellFormed());

  const headerNames = (message: Buffer) => {
    const head = message.toString("latin1").split("\r\n\r\n")[0] ?? "";
    // Every line that is not a continuation begins a header.
    return head
      .split(/\r\n|[\r\n\v\f\x85]/)
      .flatMap((line) => /^[^ \t].*?(?=:)/.exec(line)?.[0] ?? []);
  };

  /** Folding may change how much white space there is, but not where. */
  const words = (text: string) => text.split(/\s+/).filter(Boolean);

  test("adds no header and no tag, and is read as it is", async () => {
    const plain = (await composeMail(settings, recipients, limitNotice())).message;
    const tags = (html = "") => html.match(/<[^>]*>?/g);
    const plainTags = tags(readMail(plain).parts["text/html"]);
    await fc.assert(
      fc.asyncProperty(hostile, async (projectName) => {
        const notice = limitNotice({ projectName });
        const { message } = await composeMail(settings, recipients, notice);
        const { headers, parts } = readMail(message);
        expect(headerNames(message)).toEqual(headerNames(plain));
        expect(headers["subject"]?.map(words)).toEqual([
          words(`50% Credits left for Project ${oneLine(projectName)}`),
        ]);
        expect(headers["to"]).toEqual(["pi@example.org, second@example.org"]);
        expect(Object.keys(parts)).toEqual(["text/plain", "text/html"]);
        expect(tags(parts["text/html"])).toEqual(plainTags);
        expect(parts["text/plain"]?.split("\n")).toHaveLength(7);
      }),
      propertyRuns(300),
    );
  });

  test("stands in the subject as it is, where it is harmless", async () => {
    for (const projectName of [
      'Genetik "ä", <script> & Co',
      "{{id}}",
      "x".repeat(256),
      "日本 👩‍🔬",
    ]) {
      expect(await subjectOf(limitNotice({ projectName }))).toBe(
        `50% Credits left for Project ${projectName}`,
      );
    }
  });
});
