/**
 * Loaded into the process that serves the functions, before anything else. It makes two things that
 * serverless-offline does differently from AWS the same, and ends the process with its parent.
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { isMainThread } from "node:worker_threads";

const binary = "application/octet-stream";

/** Whether the API hands the body over as text; whatever else comes is handed over in base64. */
const isText = ({ headers }: IncomingMessage): boolean =>
  headers["content-encoding"] === undefined &&
  /^\s*(text\/|application\/json\s*(;|$))/i.test(headers["content-type"] ?? "");

/**
 * serverless-offline decodes all bodies but those of one type as UTF-8, which no compressed body
 * survives. It decides by `headers`; what the function is shown comes from `rawHeaders`, which stay as
 * they were sent. A body without a type would be shown as JSON: RFC 9110 section 8.3 lets the receiver
 * take it for bytes, as AWS does.
 */
function handOverAsBytes(request: IncomingMessage): void {
  if (isText(request)) return;
  if (request.headers["content-type"] === undefined && hasBody(request)) {
    request.rawHeaders.push("Content-Type", binary);
  }
  request.headers["content-type"] = binary;
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** A parent that is killed cannot stop this process, nor the database that it started. */
function endWithParent(): void {
  let databasePid: number | undefined;
  process.on("message", (message: { databasePid?: number }) => {
    databasePid = message.databasePid;
  });
  process.on("disconnect", () => {
    try {
      // SIGINT is PostgreSQL's fast shutdown: it rolls back, writes a checkpoint, and ends.
      if (databasePid) process.kill(databasePid, "SIGINT");
    } finally {
      process.exit(1);
    }
  });
}

// The threads in which the functions run are given the same preload.
if (isMainThread) {
  endWithParent();
  subscribe("http.server.request.start", (message) => {
    handOverAsBytes((message as { request: IncomingMessage }).request);
  });
}
