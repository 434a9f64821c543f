import { type Assets, assetPath } from "./assets.ts";
import { type Html, html } from "./html.ts";

export interface Page {
  /** Of the window, and of a bookmark. */
  readonly title: string;
  /** `en` or `de`. */
  readonly language: string;
  readonly body: Html;
  /** Whether the page has what the script adds to. */
  readonly hasScript?: boolean;
}

/** A whole document. It asks nothing of another host, and has no style or script but those of `assets/`. */
export function documentOf({ title, language, body, hasScript }: Page, assets: Assets): string {
  const { stylesheet, script } = assets;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assetPath(stylesheet)}">
${hasScript && html`<script type="module" src="${assetPath(script)}"></script>`}
</head>
<body><main>
${body}
</main></body>
</html>
`.text;
}
