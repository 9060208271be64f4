// Which network addresses may be dialled. Only global unicast is `public`; what an operator may
// declare for itself is `private`; everything else, above all the addresses where clouds hand out
// credentials, is `never`, whoever asks. An address that carries an IPv4 address inside (mapped,
// compatible, NAT64, 6to4) reaches that host and is judged by it.
import { isIP } from 'node:net';

export type Reach = 'public' | 'private' | 'never';

/** @param address an IP address as text, without brackets; anything else is `never`. */
export function reachOf(address: string): Reach {
  const family = isIP(address);
  if (family === 4) return reachOfV4(v4Number(address));
  if (family === 6 && !address.includes('%')) return reachOfV6(v6Groups(address));
  return 'never';
}

type Range = readonly [start: number, bits: number];

/**
 * IPv4 addresses that nobody may declare: metadata services, link-local, this-host, multicast,
 * reserved, documentation.
 */
const V4_NEVER: readonly Range[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.0', 24],
  ['0.0.0.0', 8],
  ['192.0.2.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['192.88.99.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
].map(range);

const V4_PRIVATE: readonly Range[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
  ['100.64.0.0', 10],
  ['198.18.0.0', 15],
].map(range);

function range([start, bits]: readonly (string | number)[]): Range {
  return [v4Number(String(start)), Number(bits)];
}

function reachOfV4(address: number): Reach {
  if (V4_NEVER.some((known) => inV4(known, address))) return 'never';
  return V4_PRIVATE.some((known) => inV4(known, address)) ? 'private' : 'public';
}

function inV4([start, bits]: Range, address: number): boolean {
  const span = 2 ** (32 - bits);
  return address >= start && address < start + span;
}

function reachOfV6(groups: readonly number[]): Reach {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  const low = g * 2 ** 16 + h;
  if (a === 0 && b === 0 && c === 0 && d === 0 && e === 0) {
    if (f === 0xffff) return reachOfV4(low);
    if (f === 0 && low === 1) return 'private';
    if (f === 0) return onlyPublic(reachOfV4(low));
  }
  if (a === 0x64 && b === 0xff9b && c === 0 && d === 0 && e === 0 && f === 0) {
    return onlyPublic(reachOfV4(low));
  }
  if (a === 0x2002) return onlyPublic(reachOfV4(b * 2 ** 16 + c));
  if (isMetadataV6(groups)) return 'never';
  if ((a & 0xfe00) === 0xfc00) return 'private';
  if ((a & 0xe000) !== 0x2000) return 'never';
  return isReservedV6(a, b) ? 'never' : 'public';
}

/** Behind a translator a private address is never meant. */
const onlyPublic = (reach: Reach): Reach => (reach === 'public' ? 'public' : 'never');

/** fd00:ec2::254 (AWS) and fd20:ce::254 (Google). */
function isMetadataV6([a, b, c, d, e, f, g, h]: readonly number[]): boolean {
  if (c !== 0 || d !== 0 || e !== 0 || f !== 0 || g !== 0 || h !== 0x254) return false;
  return (a === 0xfd00 && b === 0xec2) || (a === 0xfd20 && b === 0xce);
}

/** Inside 2000::/3: Teredo and the other special 2001::/23, and the two documentation ranges. */
function isReservedV6(a: number, b: number): boolean {
  if (a === 0x2001 && (b & 0xfe00) === 0) return true;
  if (a === 0x2001 && b === 0xdb8) return true;
  return a === 0x3fff && (b & 0xf000) === 0;
}

function v4Number(address: string): number {
  let value = 0;
  for (const part of address.split('.')) value = value * 256 + Number(part);
  return value;
}

/** @param address a valid IPv6 address without a zone. */
function v6Groups(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const front = groupsOf(head);
  if (tail === undefined) return front;
  const back = groupsOf(tail);
  const missing = 8 - front.length - back.length;
  return [...front, ...Array.from({ length: missing }, () => 0), ...back];
}

function groupsOf(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const value = v4Number(part);
    return [Math.floor(value / 2 ** 16), value % 2 ** 16];
  });
}
