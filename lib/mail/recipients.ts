import * as z from "zod/mini";
import { parseBy, parseJson } from "../config.ts";
import { audienceOf, type NoticeType, noticeTypes } from "../usecases/notices/notice.ts";

export interface Recipients {
  readonly to: readonly string[];
  readonly cc: readonly string[];
}

/** The recipients by type of notice; a type that is missing is not mailed. */
export type RecipientsByType = ReadonlyMap<NoticeType, Recipients>;

/** Addresses by type, or by group where a type has none of its own. */
export type RecipientLists = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * Governance gets every mail, as Cc where somebody else is addressed. `overwrite` replaces
 * everybody, Cc included. An empty list switches a type, or a group, off.
 */
export function recipientsByType(
  lists: RecipientLists,
  governance: readonly string[],
  overwrite: readonly string[],
): RecipientsByType {
  const byType = new Map<NoticeType, Recipients>();
  for (const type of noticeTypes) {
    const listed = lists[type] ?? lists[audienceOf[type]];
    if (listed?.length === 0) continue;
    const to = overwrite.length > 0 ? overwrite : (listed ?? governance);
    const cc = overwrite.length > 0 ? [] : governance.filter((address) => !to.includes(address));
    if (to.length > 0) byType.set(type, { to, cc });
  }
  return byType;
}

/** A bare address as HTML's `<input type=email>` takes it: nothing in it can end a header or a command. */
export const isAddress = (address: unknown): address is string =>
  typeof address === "string" &&
  address.length <= 254 &&
  /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(address);

const listNames: readonly string[] = [...noticeTypes, ...new Set(Object.values(audienceOf))];

const List = z.array(
  z.custom<string>(isAddress, "must be an address such as team@example.org"),
  "must be a list of addresses",
);
const Lists = z.strictObject(
  Object.fromEntries(listNames.map((name) => [name, z.optional(List)])),
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `may hold ${listNames.join(", ")}, not ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`
        : 'must be a JSON object such as {"operators":["team@example.org"]}',
  },
);

/** `MAIL_RECIPIENTS`, a JSON object of lists; throws every fault at once. */
export const parseRecipientLists = (json: string): RecipientLists =>
  parseBy(Lists, parseJson(json));
