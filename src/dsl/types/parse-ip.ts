import { TextMemo } from './text-memo.ts';
import { IpAddress, IpNetwork } from './values.ts';

const DOT = 0x2e;
const COLON = 0x3a;
/** The eight groups of the IPv6 address that is being parsed, which runs to its end before anything else does. */
const groups = new Uint16Array(8);

/**
 * The address that a text spells, or undefined. Leading zeros in IPv4 and zone ids are refused; an IPv4-mapped IPv6
 * address is the IPv4 address; the spelling is that of RFC 5952.
 */
export function parseIp(text: string): IpAddress | undefined {
  if (text.length > 45) return undefined;
  let address = addresses.get(text);
  if (address === undefined) {
    address = readIp(text);
    if (address !== undefined) addresses.set(text, address);
  }
  return address;
}

/** Addresses seen of late: a session keeps its own. */
const addresses = new TextMemo<IpAddress>(1_024, 16_384);

function readIp(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const word = parseIpv4(text, 0);
    // What is accepted has one spelling.
    return word === undefined ? undefined : new IpAddress(4, text, [word]);
  }
  if (!parseIpv6(text)) return undefined;
  const words = [wordAt(0), wordAt(2), wordAt(4), wordAt(6)];
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return ipv4(wordAt(6));
  return new IpAddress(6, spellIpv6(), words);
}

/** The network `address/prefix` that a text spells, or undefined; bits behind the prefix must be zero. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const slash = text.indexOf('/');
  if (slash === -1) return undefined;
  const length = text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const spelled = text.slice(0, slash);
  const address = parseIp(spelled);
  if (address === undefined) return undefined;
  // A mapped network is the IPv4 network whose prefix is 96 bits shorter.
  const prefix = address.family === 4 && spelled.includes(':') ? Number(length) - 96 : Number(length);
  if (prefix < 0 || prefix > address.words.length * 32) return undefined;
  const isNetwork = address.words.every((word, index) => (word & ~maskOf(prefix, index)) === 0);
  return isNetwork ? new IpNetwork(address, prefix) : undefined;
}

/** Whether the address is in the network; never across families. */
export function networkContains(network: IpNetwork, address: IpAddress): boolean {
  const { address: base, prefix } = network;
  if (base.family !== address.family) return false;
  for (let index = 0; index * 32 < prefix; index++) {
    const difference = (base.words[index] as number) ^ (address.words[index] as number);
    if ((difference & maskOf(prefix, index)) !== 0) return false;
  }
  return true;
}

/** The bits of the word at `index` that belong to a prefix, as a signed 32-bit integer. */
function maskOf(prefix: number, index: number): number {
  const bits = prefix - index * 32;
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : ~(0xffffffff >>> bits);
}

function ipv4(word: number): IpAddress {
  return new IpAddress(4, `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`, [
    word,
  ]);
}

/** Four numbers from 0 to 255 without leading zeros, from `start` to the end of the text, as one word. */
function parseIpv4(text: string, start: number): number | undefined {
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (octet < 0 || ++dots > 3) return undefined;
      word = word * 256 + octet;
      octet = -1;
      continue;
    }
    const digit = code - 0x30;
    if (!(digit >= 0 && digit <= 9) || octet === 0) return undefined;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return undefined;
  }
  return octet < 0 || dots !== 3 ? undefined : word * 256 + octet;
}

/** Reads an IPv6 address into {@link groups}; false when it is none. */
function parseIpv6(text: string): boolean {
  let count = 0;
  let gap = -1;
  let index = 0;
  if (text.startsWith('::')) {
    gap = 0;
    index = 2;
  }
  while (index < text.length) {
    const start = index;
    let group = 0;
    for (let digit = hexDigit(text, index); digit >= 0; digit = hexDigit(text, index)) {
      group = group * 16 + digit;
      index++;
    }
    if (text.charCodeAt(index) === DOT) {
      // The last 32 bits may be spelled as IPv4.
      const word = parseIpv4(text, start);
      if (word === undefined || count > 6) return false;
      groups[count] = word >>> 16;
      groups[count + 1] = word & 0xffff;
      count += 2;
      break;
    }
    if (index === start || index > start + 4 || count === 8) return false;
    groups[count++] = group;
    if (index === text.length) break;
    if (text.charCodeAt(index) !== COLON) return false;
    index++;
    if (text.charCodeAt(index) === COLON) {
      if (gap !== -1) return false;
      gap = count;
      index++;
    } else if (index === text.length) {
      return false;
    }
  }
  if (gap === -1) return count === 8;
  if (count === 8) return false;
  // What stands behind the gap moves to the end.
  groups.copyWithin(8 - (count - gap), gap, count);
  groups.fill(0, gap, 8 - (count - gap));
  return true;
}

/** The value of the hex digit at `index`, or -1. */
function hexDigit(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function wordAt(group: number): number {
  return (groups[group] as number) * 65_536 + (groups[group + 1] as number);
}

/** RFC 5952: lower case, no leading zeros, the first longest run of at least two zero groups as `::`. */
function spellIpv6(): string {
  let start = -1;
  let length = 1;
  for (let from = 0; from < 8; from++) {
    let end = from;
    while (end < 8 && groups[end] === 0) end++;
    if (end - from > length) {
      start = from;
      length = end - from;
    }
    from = Math.max(from, end);
  }
  let text = '';
  for (let at = 0; at < 8; at++) {
    if (at === start) {
      text += '::';
      at += length - 1;
    } else {
      if (at > 0 && at !== start + length) text += ':';
      text += (groups[at] as number).toString(16);
    }
  }
  return text;
}
