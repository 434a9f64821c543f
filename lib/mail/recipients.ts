import { audienceOf, type NoticeType, noticeTypes } from "../usecases/notices/notice.ts";

export interface Recipients {
  readonly to: readonly string[];
  readonly cc: readonly string[];
}

/** Whom to mail, by the type of notice; a type that is missing is not mailed. */
export type RecipientsByType = ReadonlyMap<NoticeType, Recipients>;

/** Addresses by type, or by group where a type has none of its own. */
export type RecipientLists = Readonly<Record<string, readonly string[]>>;

const listNames: readonly string[] = [...noticeTypes, ...new Set(Object.values(audienceOf))];

/**
 * Governance gets every mail, as Cc where there is somebody else to address. `overwrite` replaces
 * everybody, Cc included. An empty list switches a type, or a group, off.
 */
export function recipientsByType(
  lists: RecipientLists,
  governance: readonly string[],
  overwrite: readonly string[],
): RecipientsByType {
  const byType = new Map<NoticeType, Recipients>();
  for (const type of noticeTypes) {
    const own = lists[type] ?? lists[audienceOf[type]];
    if (own?.length === 0) continue;
    const to = overwrite.length > 0 ? overwrite : (own ?? governance);
    const cc = overwrite.length > 0 ? [] : governance.filter((address) => !to.includes(address));
    if (to.length > 0) byType.set(type, { to, cc });
  }
  return byType;
}

/** `MAIL_RECIPIENTS`, a JSON object of lists; every fault is pushed. */
export function parseRecipientLists(json: string, faults: string[]): RecipientLists {
  const lists = parseObject(json);
  if (lists === undefined) {
    faults.push('must be a JSON object such as {"operators":["team@example.org"]}');
    return {};
  }
  for (const [name, addresses] of Object.entries(lists)) {
    if (!listNames.includes(name)) {
      faults.push(`${JSON.stringify(name)} is none of ${listNames.join(", ")}`);
    } else if (!Array.isArray(addresses) || !addresses.every(isAddress)) {
      faults.push(`${name} must be a list of addresses`);
    }
  }
  return lists as RecipientLists;
}

function parseObject(json: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? parsed
      : undefined;
  } catch {
    return undefined;
  }
}

/** A bare address as HTML's `<input type=email>` takes it: nothing in it can end a header or a command. */
export const isAddress = (address: unknown): address is string =>
  typeof address === "string" &&
  address.length <= 254 &&
  /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(address);
