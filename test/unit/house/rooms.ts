/** The map of the house; a test compares it with the tables of lib/README.md. */

/** Every room but `functions` and `localstack`, with the rooms that it may import besides itself. */
const roomsOfLib = {
  billing: [],
  segments: ["billing"],
  formats: ["billing"],
  usecases: ["billing"],
  postgres: ["usecases", "segments", "billing", "config"],
  sqs: ["usecases", "billing", "config"],
  http: ["usecases", "formats", "billing", "settings", "config"],
  portal: ["usecases", "formats", "billing", "outgoing", "config"],
  mail: ["usecases", "billing", "config"],
  webhook: ["usecases", "billing", "outgoing", "config"],
  web: ["usecases", "billing"],
  settings: ["formats", "billing", "config"],
  outgoing: [],
  schedule: [],
  printable: [],
  logger: ["config"],
  config: [],
} as const;

const allOfLib = [...Object.keys(roomsOfLib), "commands"];

/** Room → the rooms that it may import besides itself. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  ...roomsOfLib,
  commands: allOfLib,
  functions: allOfLib,
  localstack: allOfLib,
};

/** Folder of a room → the folders of the same room that it may import besides itself. */
export const folders: Readonly<Record<string, readonly string[]>> = {
  "usecases/ledger": [],
  "usecases/ingest": ["ledger"],
  "usecases/operations": ["ledger"],
  "usecases/grants": ["ledger"],
  "usecases/notices": ["ledger"],
  "usecases/reading": ["ledger"],
  "usecases/statements": ["reading"],
  "postgres/database": [],
  "postgres/ledger": ["database"],
  "postgres/conversion": ["ledger", "database"],
  "postgres/operations": ["ledger", "database"],
  "postgres/grants": ["ledger", "database"],
  "postgres/notices": ["ledger", "database"],
  "postgres/reading": ["ledger", "database"],
  "postgres/statements": ["ledger", "database", "reading"],
  "postgres/migrations": [],
  "formats/remote-write": [],
  "formats/text": [],
  "http/stack": [],
  "http/ingest": ["stack"],
  "http/openapi": ["stack"],
  "web/project": ["chart", "words"],
  "web/operators": ["words"],
  "web/api": [],
  "web/chart": [],
  "web/words": [],
  "web/assets": [],
};

/** Rooms without I/O, clock and state: arguments in, results out. */
export const pureRooms = ["billing", "formats", "segments"];

/** The packages that only one room may know. */
export const packageRooms: Readonly<Record<string, string>> = {
  pg: "postgres",
  "@aws-sdk/credential-provider-env": "sqs",
  "@aws-sdk/client-sqs": "sqs",
  "@middy/core": "http",
  "d3-scale": "web",
  "d3-shape": "web",
  nodemailer: "mail",
  protobufjs: "formats",
};
