import { BlockList, isIP } from "node:net";

/** The special purposes of IANA's registry: no receiver of webhooks has such an address. */
const special4 = networks(
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
);
/**
 * Of IPv6 only global unicast is public at all. That leaves out loopback, link-local, unique-local and
 * multicast, and addresses that embed an IPv4 one, which may be private: mapped ones and NAT64.
 */
const global6 = networks("2000::/3");
/** Teredo and other assignments of the protocol, documentation, 6to4. */
const special6 = networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

function networks(...texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) addNetwork(list, text);
  return list;
}

/** Adds `10.0.0.0/8`, `fd00::/8` or a single address; false where the text is neither. */
export function addNetwork(list: BlockList, text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(/^\d{1,3}$/.exec(prefix)?.[0] ?? Number.NaN);
  if (family === 0 || rest.length > 0 || !(length <= bits)) return false;
  list.addSubnet(address, length, family === 4 ? "ipv4" : "ipv6");
  return true;
}

/** Whether the address is one of the public internet, and not of an inner network. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !special4.check(address, "ipv4");
  return isInside(global6, address) && !special6.check(address, "ipv6");
}

/** A zone (`fe80::1%eth0`) is never inside: which network it means depends on the machine. */
export function isInside(list: BlockList, address: string): boolean {
  const family = isIP(address);
  if (family === 0 || address.includes("%")) return false;
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}
