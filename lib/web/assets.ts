import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** A file that pages bring along, under a name that changes with its content. */
export interface Asset {
  /** `page.0123456789ab.css` */
  readonly name: string;
  readonly contentType: string;
  readonly body: string;
}

export interface Assets {
  readonly stylesheet: Asset;
  readonly script: Asset;
}

/**
 * Reads the files of `assets/`. They are packaged beside the functions that need them, which AWS starts in the
 * package's root, as a developer starts the stack in the project's.
 */
export const readAssets = (): Assets => ({
  stylesheet: readAsset("page.css", "text/css; charset=utf-8"),
  script: readAsset("page.js", "text/javascript; charset=utf-8"),
});

function readAsset(file: string, contentType: string): Asset {
  const body = readFileSync(resolve("lib/web/assets", file), "utf8");
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  return { name: file.replace(".", `.${hash}.`), contentType, body };
}

export const assetPath = ({ name }: Asset): string => `/assets/${name}`;

/** The asset of this name; undefined where its content has changed since, or it never was one. */
export const findAsset = (assets: Assets, name: string): Asset | undefined =>
  Object.values<Asset>({ ...assets }).find((asset) => asset.name === name);
