import { lookup as resolveName } from "node:dns/promises";
import { type BlockList, isIP, type LookupFunction } from "node:net";
import { isInside, isPublicAddress } from "./address-check.ts";

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. */
export type ResolveAddresses = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export const resolveAddresses: ResolveAddresses = (hostname) =>
  resolveName(hostname, { all: true });

/** The name leads, or may lead, into a network that webhooks must not reach. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

/**
 * Throws unless every address may be connected to: a public one, or one that the operator allowed.
 * One bad address refuses all, for the network decides which of them is connected to. Without TLS
 * only allowed ones are: a signature does not hide what it signs.
 */
export function checkAddresses(
  { protocol, hostname }: URL,
  addresses: readonly ResolvedAddress[],
  allowed: BlockList,
): void {
  if (addresses.length === 0) throw new AddressRefused(`${hostname} has no address`);
  for (const { address } of addresses) {
    if (isInside(allowed, address)) continue;
    if (!isPublicAddress(address)) {
      throw new AddressRefused(`${hostname} is ${address}, which is not a public address`);
    }
    if (protocol !== "https:") {
      throw new AddressRefused(`${hostname} is ${address}, which is not spoken to without TLS`);
    }
  }
}

/** The address where the host is an address already: such a host is never looked up. */
export function literalAddress({ hostname }: URL): ResolvedAddress | undefined {
  const address = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(address);
  return family === 0 ? undefined : { address, family };
}

/**
 * The only resolution of a connection: it checks the addresses and hands just these to the socket. The
 * name is never resolved a second time, when the answer might be another one.
 */
export const checkedLookup =
  (url: URL, allowed: BlockList, resolve: ResolveAddresses): LookupFunction =>
  (hostname, options, callback) => {
    const check = async () => {
      const addresses = await resolve(hostname);
      checkAddresses(url, addresses, allowed);
      return addresses;
    };
    check().then(
      (addresses) => {
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, addresses[0]?.address ?? "", addresses[0]?.family ?? 0);
      },
      (error) => callback(error, []),
    );
  };
