import { createServer, type Server } from "node:http";
import type { AddressInfo, Server as NetServer } from "node:net";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";
import { demoGrants } from "./demo-grants.ts";
import { inboxPage, type Message } from "./demo-inbox-page.ts";
import { readMail } from "./read-mail.ts";

/** A mail server, a webhook receiver and a portal whose messages can be seen on a page. */
export interface Inbox extends AsyncDisposable {
  /** Address of the page that shows all messages. */
  readonly url: string;
  /** Settings that make the functions send here, for each channel that is not configured otherwise. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many messages have arrived. */
  count(): number;
}

const host = "127.0.0.1";
const messagesMax = 500;
const bodyBytesMax = 1_000_000;
const secret = `whsec_${Buffer.from("the demo's secret, known to all").toString("base64")}`;
const portalKey = "the-demo-portal-key";

type Keep = (message: Omit<Message, "atMs">) => void;

/** Keeps messages as long as it runs. `environment` is what the user has configured. */
export async function startInbox(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Inbox> {
  const messages: Message[] = [];
  const keep: Keep = (message) => {
    messages.unshift({ ...message, atMs: Date.now() });
    messages.splice(messagesMax);
  };
  const web = webServer(messages, keep);
  const mail = mailServer(keep);
  const [webPort, mailPort] = await Promise.all([listen(web), listen(mail.server)]);
  return {
    url: `http://localhost:${webPort}`,
    environment: inboxEnvironment(webPort, mailPort, environment),
    count: () => messages.length,
    [Symbol.asyncDispose]: async () => {
      web.closeAllConnections();
      web.close();
      mail.close();
    },
  };
}

/** Receives webhooks and the calls to the portal, and shows the page. */
function webServer(messages: readonly Message[], keep: Keep): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) return void response.writeHead(413).end();
      chunks.push(chunk);
    }
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://inbox");
    const body = Buffer.concat(chunks).toString();
    if (pathname === "/webhook") return void response.end(takeWebhook(request.headers, body, keep));
    if (pathname === "/portal/credits-limit/") {
      keep({ to: "the portal", title: new URLSearchParams(body).get("limit_type") ?? "", body });
      return void response.end();
    }
    if (pathname === "/portal/secure/granted-credits/") {
      const granted = demoGrants.get(searchParams.get("project_name") ?? "");
      return void response.writeHead(granted === undefined ? 404 : 200).end(granted);
    }
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.setHeader("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    response.end(inboxPage(messages));
  });
}

function mailServer(keep: Keep): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    logger: false,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { headers, parts } = readMail(Buffer.concat(chunks));
        const to = session.envelope.rcptTo.map(({ address }) => address).join(", ");
        keep({ to, title: headers["subject"]?.[0] ?? "", body: parts["text/plain"] ?? "" });
        done();
      });
    },
  });
  server.on("error", () => {});
  return server;
}

function takeWebhook(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
  keep: Keep,
): string {
  const { type } = new Webhook(secret).verify(body, headers as Record<string, string>) as {
    type: string;
  };
  keep({ to: "the webhook, signature verified", title: type, body });
  return "";
}

function listen(server: NetServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Settings by channel: one that is configured already, such as a mail server, is left alone. */
function inboxEnvironment(
  webPort: number,
  mailPort: number,
  configured: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const channels: readonly Record<string, string>[] = [
    {
      API_CONTACT_BASE_URL: `http://${host}:${webPort}/portal`,
      API_CONTACT_KEY: portalKey,
      MAIL_CONTACT_URL: `http://${host}:${webPort}/portal`,
    },
    {
      WEBHOOKS: JSON.stringify([
        { name: "demo", url: `http://${host}:${webPort}/webhook`, secrets: [secret] },
      ]),
      WEBHOOK_ALLOW_PRIVATE: "127.0.0.0/8",
    },
    {
      MAIL_SMTP_SERVER: host,
      MAIL_SMTP_PORT: String(mailPort),
      MAIL_NOT_STARTTLS: "true",
      MAIL_FROM: "credits@example.org",
      MAIL_RECIPIENTS: JSON.stringify({
        projects: ["pi@example.org"],
        operators: ["operators@example.org"],
      }),
    },
  ];
  const free = channels.filter((channel) => !Object.keys(channel).some((name) => configured[name]));
  return Object.assign({}, ...free);
}
