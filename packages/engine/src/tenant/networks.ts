// Is an address in one of a key's networks? IPv4 and IPv6 in CIDR form, IPv4 mapped into IPv6 taken
// as IPv4.

/** An empty length would be 0, which is everybody. */
const LENGTH = /^(?:0|[1-9]\d{0,2})$/;

export type Network = { readonly bits: readonly number[]; readonly length: number };

/** @returns undefined for what is not an address or a CIDR. */
export function readNetwork(text: string): Network | undefined {
  const [address = '', length, more] = text.split('/');
  const bits = addressBytes(address);
  if (bits === undefined || more !== undefined) return undefined;
  const full = bits.length * 8;
  if (length === undefined) return { bits, length: full };
  return LENGTH.test(length) && Number(length) <= full
    ? { bits, length: Number(length) }
    : undefined;
}

export function inNetworks(networks: readonly Network[], address: string): boolean {
  const bytes = addressBytes(address);
  return bytes !== undefined && networks.some((network) => covers(network, bytes));
}

function covers(network: Network, bytes: readonly number[]): boolean {
  if (network.bits.length !== bytes.length) return false;
  for (let bit = 0; bit < network.length; bit += 8) {
    const index = bit / 8;
    const kept = Math.min(8, network.length - bit);
    const mask = (0xff << (8 - kept)) & 0xff;
    if (((network.bits[index] ?? 0) & mask) !== ((bytes[index] ?? 0) & mask)) return false;
  }
  return true;
}

function addressBytes(text: string): readonly number[] | undefined {
  if (!text.includes(':')) return fourBytes(text);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text);
  if (mapped?.[1] !== undefined) return fourBytes(mapped[1]);
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = groups(halves[1] ?? '');
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return all.flatMap((group) => [group >> 8, group & 0xff]);
}

function groups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const all = text
    .split(':')
    .map((group) => (/^[0-9a-f]{1,4}$/i.test(group) ? parseInt(group, 16) : -1));
  return all.includes(-1) ? undefined : all;
}

function fourBytes(text: string): readonly number[] | undefined {
  const all = text.split('.').map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return all.length === 4 && all.every((part) => part < 256) ? all : undefined;
}
