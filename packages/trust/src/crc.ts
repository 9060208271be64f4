// Two checksums against accidents (not against people): CRC-32C for the journal's frames, CRC-32 for the check
// characters of a key. Tables are built when first used; bytes go eight at a time ("slicing-by-8", Kounavis and Berry).
// Source of the polynomials and test vectors: RFC 3720 appendix B.4 and ISO 3309.

const CASTAGNOLI = 0x82f63b78;
const IEEE = 0xedb88320;
const SLICES = 8;
const ROW = 256;

let castagnoli: Int32Array | undefined;
let ieee: Int32Array | undefined;

/** CRC-32C of `bytes[start, end)`. */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  castagnoli ??= tables(CASTAGNOLI);
  return checksum(castagnoli, bytes, start, end);
}

/** CRC-32 as in zip, PNG and Ethernet. */
export function crc32(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  ieee ??= tables(IEEE);
  return checksum(ieee, bytes, start, end);
}

/** CRC-32 of the first `length` characters of a text that is ASCII; others count with their low eight bits. */
export function crc32Ascii(text: string, length: number = text.length): number {
  ieee ??= tables(IEEE);
  let sum = -1;
  for (let i = 0; i < length; i += 1)
    sum = at(ieee, (sum ^ text.charCodeAt(i)) & 255) ^ (sum >>> 8);
  return ~sum >>> 0;
}

function checksum(table: Int32Array, bytes: Uint8Array, start: number, end: number): number {
  let sum = -1;
  let i = start;
  for (const last = end - SLICES; i <= last; i += SLICES) {
    sum ^=
      at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24);
    sum =
      at(table, 1792 + (sum & 255)) ^
      at(table, 1536 + ((sum >>> 8) & 255)) ^
      at(table, 1280 + ((sum >>> 16) & 255)) ^
      at(table, 1024 + (sum >>> 24)) ^
      at(table, 768 + at(bytes, i + 4)) ^
      at(table, 512 + at(bytes, i + 5)) ^
      at(table, 256 + at(bytes, i + 6)) ^
      at(table, at(bytes, i + 7));
  }
  for (; i < end; i += 1) sum = at(table, (sum ^ at(bytes, i)) & 255) ^ (sum >>> 8);
  return ~sum >>> 0;
}

/** Row k holds the checksum of a byte followed by k zero bytes. */
function tables(polynomial: number): Int32Array {
  const table = new Int32Array(SLICES * ROW);
  for (let byte = 0; byte < ROW; byte += 1) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
    table[byte] = sum;
  }
  for (let i = ROW; i < table.length; i += 1) {
    const before = at(table, i - ROW);
    table[i] = (before >>> 8) ^ at(table, before & 255);
  }
  return table;
}

/** Every index above is within its array by construction; the compiler cannot know. */
function at(numbers: Int32Array | Uint8Array, index: number): number {
  return numbers[index] ?? 0;
}
