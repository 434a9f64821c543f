/**
 * For a field of a schema: the message says whether the field is missing or wrong, because a sender mends
 * the two differently.
 */
export const expect = (what: string) => ({
  error: (issue: { readonly input?: unknown }) =>
    issue.input === undefined ? `missing: send ${what}` : `send ${what}`,
});
