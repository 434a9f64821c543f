/** A project, and how its page was opened. */
export interface Opened {
  readonly projectName: string;
  /** The link that opened the page; null: a key did. */
  readonly link: { readonly token: string; readonly expiresMs: number } | null;
}
