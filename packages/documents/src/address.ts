/**
 * Reads address literals, so that a configuration can be judged before anything is dialled. Names
 * are not resolved here: what a name resolves to is checked again where the socket opens.
 */

const V4_BITS = 32;
const V6_BITS = 128;
const V6_GROUPS = 8;

export interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** Four or sixteen bytes, or undefined when the text is no address. */
export function readAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? readV6(text) : readV4(text);
}

/** `10.0.0.0/8`, `fd00::/8`; a bare address is a network of one. */
export function readNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const bytes = readAddress(slash < 0 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const widest = bytes.length === 4 ? V4_BITS : V6_BITS;
  if (slash < 0) return { bytes, bits: widest };
  const tail = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(tail) || Number(tail) > widest) return undefined;
  return { bytes, bits: Number(tail) };
}

/** True when bits after the prefix are set: `10.0.0.1/8` is mostly a slip of the pen. */
export function hasHostBits(network: Network): boolean {
  return network.bytes.some((byte, index) => (byte & ~maskAt(network.bits, index) & 0xff) !== 0);
}

export function contains(network: Network, address: Uint8Array): boolean {
  if (network.bytes.length !== address.length) return false;
  return network.bytes.every((byte, index) => {
    const mask = maskAt(network.bits, index);
    return (byte & mask) === ((address[index] ?? 0) & mask);
  });
}

/**
 * `metadata` is where clouds hand out credentials: no document may ever name it. `private` covers
 * loopback, private and carrier ranges, and whatever else does not route in public.
 */
export function reachOfHost(host: string): 'public' | 'private' | 'metadata' | 'name' {
  const bare = host
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
    .replace(/\.$/, '');
  if (METADATA_NAMES.has(bare)) return 'metadata';
  if (bare === 'localhost' || bare.endsWith('.localhost')) return 'private';
  const address = readAddress(bare);
  if (address === undefined) return 'name';
  const inner = unwrapV4(address);
  if (METADATA_NETWORKS.some((network) => contains(network, inner))) return 'metadata';
  return PRIVATE_NETWORKS.some((network) => contains(network, inner)) ? 'private' : 'public';
}

/** An address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (bare === 'localhost') return true;
  const address = readAddress(bare);
  if (address === undefined) return false;
  return LOOPBACK_NETWORKS.some((network) => contains(network, unwrapV4(address)));
}

function maskAt(bits: number, index: number): number {
  const left = Math.min(8, Math.max(0, bits - index * 8));
  return (0xff << (8 - left)) & 0xff;
}

function readV4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  if (!parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

function readV6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = readGroups(halves[0] ?? '');
  const tail = halves.length === 2 ? readGroups(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = V6_GROUPS - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function readGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const v4 = index === parts.length - 1 ? readV4(part) : undefined;
    if (v4 === undefined) return undefined;
    groups.push(((v4[0] ?? 0) << 8) | (v4[1] ?? 0), ((v4[2] ?? 0) << 8) | (v4[3] ?? 0));
  }
  return groups;
}

/** An IPv4 address written inside IPv6 (mapped, compatible, NAT64, 6to4) reaches the IPv4 host. */
function unwrapV4(address: Uint8Array): Uint8Array {
  if (address.length === 4) return address;
  if (V4_INSIDE.some((network) => contains(network, address))) return address.slice(12);
  if (address[0] === 0x20 && address[1] === 0x02) return address.slice(2, 6);
  return address;
}

/** Only for the literals of the tables below, which the tests read one by one. */
function networks(...texts: readonly string[]): readonly Network[] {
  return texts.flatMap((text) => readNetwork(text) ?? []);
}

const METADATA_NAMES: ReadonlySet<string> = new Set(['metadata', 'metadata.google.internal']);
const METADATA_NETWORKS = networks(
  '169.254.0.0/16',
  '100.100.100.200',
  'fd00:ec2::254',
  'fe80::/10',
);
const LOOPBACK_NETWORKS = networks('127.0.0.0/8', '::1');
const V4_INSIDE = networks('::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/96');
const PRIVATE_NETWORKS = networks(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fec0::/10',
  'ff00::/8',
);
