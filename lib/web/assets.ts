import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

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

/** Reads the files of `assets/`, which is packaged beside the functions that need it. */
export const readAssets = (directory: URL): Assets => ({
  stylesheet: readAsset(directory, "page.css", "text/css; charset=utf-8"),
  script: readAsset(directory, "page.js", "text/javascript; charset=utf-8"),
});

function readAsset(directory: URL, file: string, contentType: string): Asset {
  const body = readFileSync(new URL(file, directory), "utf8");
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  return { name: file.replace(".", `.${hash}.`), contentType, body };
}

export const assetPath = ({ name }: Asset): string => `/assets/${name}`;

/** The asset of this name; undefined where its content has changed since, or it never was one. */
export const findAsset = (assets: Assets, name: string): Asset | undefined =>
  Object.values<Asset>({ ...assets }).find((asset) => asset.name === name);
