// Two checksums against accidents (not against people): CRC-32C for the journal's frames, CRC-32
// for the check characters of a key. Tables are built when first used; bytes go eight at a time
// ("slicing-by-8", Kounavis and Berry). Source of the polynomials and test vectors: RFC 3720
// appendix B.4 and ISO 3309.

const CASTAGNOLI = 0x82f63b78;
const IEEE = 0xedb88320;
const SLICES = 8;
const ROW = 256;

const ROW_BYTES = ROW * 4;

let castagnoli: DataView | undefined;
let ieee: DataView | undefined;

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

/**
 * CRC-32 of the first `length` characters of a text that is ASCII; others count with their low
 * eight bits.
 */
export function crc32Ascii(text: string, length: number = text.length): number {
  ieee ??= tables(IEEE);
  let sum = -1;
  for (let i = 0; i < length; i += 1) sum = row(ieee, 0, sum ^ text.charCodeAt(i)) ^ (sum >>> 8);
  return ~sum >>> 0;
}

function checksum(table: DataView, bytes: Uint8Array, start: number, end: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let sum = -1;
  let i = start;
  for (const last = end - SLICES; i <= last; i += SLICES) {
    sum ^= view.getInt32(i, true);
    const next = view.getInt32(i + 4, true);
    sum =
      row(table, 7, sum) ^
      row(table, 6, sum >>> 8) ^
      row(table, 5, sum >>> 16) ^
      row(table, 4, sum >>> 24) ^
      row(table, 3, next) ^
      row(table, 2, next >>> 8) ^
      row(table, 1, next >>> 16) ^
      row(table, 0, next >>> 24);
  }
  for (; i < end; i += 1) sum = row(table, 0, sum ^ view.getUint8(i)) ^ (sum >>> 8);
  return ~sum >>> 0;
}

/**
 * Row k holds the checksum of a byte followed by k zero bytes. A view reads a third faster than an
 * array here.
 */
function tables(polynomial: number): DataView {
  const table = new DataView(new ArrayBuffer(SLICES * ROW_BYTES));
  for (let byte = 0; byte < ROW; byte += 1) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
    table.setInt32(byte * 4, sum, true);
  }
  for (let at = ROW_BYTES; at < table.byteLength; at += 4) {
    const before = table.getInt32(at - ROW_BYTES, true);
    table.setInt32(at, (before >>> 8) ^ row(table, 0, before), true);
  }
  return table;
}

/** The entry of row `k` for the low eight bits of `byte`. */
function row(table: DataView, k: number, byte: number): number {
  return table.getInt32(k * ROW_BYTES + ((byte & 255) << 2), true);
}
