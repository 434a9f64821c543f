import { escapeHtml } from "../../lib/mail/template.ts";

/** A message of the service, as one of its receivers got it. */
export interface Message {
  readonly atMs: number;
  readonly to: string;
  readonly title: string;
  readonly body: string;
}

/** The page with all messages, the latest first. It reloads by itself. */
export const inboxPage = (messages: readonly Message[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width">
<title>Demo inbox (${messages.length})</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
article { border-top: 1px solid #8888; padding: 1rem 0; }
h2 { font-size: 1rem; margin: 0; }
p { margin: 0; opacity: .7; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: .875rem/1.5 ui-monospace, monospace; margin: .5rem 0 0; }
</style>
</head>
<body>
<h1>Demo inbox</h1>
<p>What the service has told mail readers, a webhook and the portal since the demo was started.</p>
${messages.map(article).join("\n") || "<p>Nothing yet: limits are looked at every minute.</p>"}
</body>
</html>
`;

const article = ({ atMs, to, title, body }: Message): string => `<article>
<h2>${escapeHtml(title)}</h2>
<p>to ${escapeHtml(to)}, ${new Date(atMs).toISOString()}</p>
<pre>${escapeHtml(body)}</pre>
</article>`;
