import type { Mutation } from "./mutation.ts";

export const serverless: readonly Mutation[] = [
  {
    id: "Y03",
    file: "serverless.yml",
    from: `                    - sqs:DeleteMessage
`,
    to: "",
    harm: "on AWS the trigger cannot be made, or no message is ever deleted",
    tests: ["unit/functions/permissions.test.ts"],
  },
  {
    id: "Y04",
    file: "serverless.yml",
    from: `                - Effect: Allow
                  Action: sqs:SendMessage
                  Resource: !GetAtt DeadLetterQueue.Arn
`,
    to: "",
    harm: "on AWS no message is ever put aside: a bad one comes a thousand times",
    tests: ["unit/functions/permissions.test.ts"],
  },
  {
    id: "Y05",
    file: "serverless.yml",
    from: `                  Action: sqs:SendMessage
                  Resource: !GetAtt MeasurementsQueue.Arn`,
    to: `                  Action: sqs:SendMessage
                  Resource: !GetAtt DeadLetterQueue.Arn`,
    harm: "on AWS every measurement is a 503",
    tests: ["unit/functions/permissions.test.ts"],
  },
  {
    id: "Y06",
    file: "serverless.yml",
    from: `      OS_CREDITS_PROJECT_WHITELIST: \${env:OS_CREDITS_PROJECT_WHITELIST, ''}
`,
    to: "",
    harm: "on AWS every project is billed, whatever the whitelist says",
    tests: ["unit/house/serverless.test.ts"],
  },
  {
    id: "Y07",
    file: "serverless.yml",
    from: `      KEEP_DAYS: \${env:KEEP_DAYS, ''}
`,
    to: "",
    harm: "on AWS KEEP_DAYS has no effect",
    tests: ["unit/house/serverless.test.ts"],
  },
  {
    id: "Y08",
    file: "serverless.yml",
    from: `    events:
      - schedule: cron(30 1 * * ? *)
`,
    to: "",
    harm: "on AWS the ledger is never verified",
    tests: ["unit/house/schedules.test.ts"],
  },
  {
    id: "Y09",
    file: "serverless.yml",
    from: `    timeout: 60
    memorySize: 1024
    vpc: \${self:custom.vpc}
`,
    to: `    timeout: 60
    memorySize: 1024
`,
    harm: "on AWS the biller does not reach a database in a VPC: nothing is billed",
    tests: ["unit/functions/database-access.test.ts"],
  },
  {
    id: "Y10",
    file: "serverless.yml",
    from: `        MessageRetentionPeriod: 1209600
`,
    to: "",
    harm: "dead letters are gone after four days, before an operator saw them",
    tests: ["unit/house/serverless.test.ts"],
  },
  {
    id: "Y11",
    file: "serverless.yml",
    from: `      - httpApi: PUT /api/projects/grant
    environment: \${self:custom.apiWithDatabase}
    role: DatabaseRole`,
    to: `      - httpApi: PUT /api/projects/grant
    environment: \${self:custom.apiWithDatabase}
    role: LogOnlyRole`,
    harm: "with a VPC the deployment fails: the role may not make network interfaces",
    tests: ["unit/functions/database-access.test.ts"],
  },
  {
    id: "Y12",
    file: "serverless.yml",
    from: `      SILENCE_AFTER: \${env:SILENCE_AFTER, '1h'}
    role: DatabaseRole

  watch-counters:`,
    to: `    role: DatabaseRole

  watch-counters:`,
    harm: "on AWS SILENCE_AFTER has no effect",
    tests: ["unit/house/serverless.test.ts"],
  },
  {
    id: "Y14",
    file: "serverless.yml",
    from: "cron(30 3 * * ? *)",
    to: "cron(30 3 1 1 ? *)",
    harm: "on AWS retention runs once a year",
    tests: ["unit/house/schedules.test.ts"],
  },
];
