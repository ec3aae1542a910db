import { networkContains, parseNetwork } from '../../types/parse-ip.ts';
import type { IpAddress } from '../../types/values.ts';

/** The test whether an address is in one of these networks. */
export function networksOf(texts: readonly string[]): (address: IpAddress) => boolean {
  const networks = texts.map((text) => {
    const network = parseNetwork(text);
    if (network === undefined) throw new Error(`no network: ${text}`);
    return network;
  });
  return (address) => networks.some((network) => networkContains(network, address));
}
