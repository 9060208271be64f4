// SHA-256 (FIPS 180-4) of short inputs, for the check bytes of wallet addresses: pure, so that it
// runs where no crypto module is. Nothing secret depends on it.

const K = constants();
const START = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** Fractional parts of the cube roots of the first 64 primes, by integer search. */
function constants(): Uint32Array {
  const found = new Uint32Array(64);
  for (let candidate = 2n, count = 0; count < 64; candidate += 1n) {
    if (!isPrime(candidate)) continue;
    const scaled = candidate << 96n; // the cube root of p * 2^96 is root * 2^32
    let low = 0n;
    let high = 1n << 36n;
    while (low + 1n < high) {
      const middle = (low + high) >> 1n;
      if (middle * middle * middle <= scaled) low = middle;
      else high = middle;
    }
    found[count] = Number(low & 0xffffffffn);
    count += 1;
  }
  return found;
}

function isPrime(candidate: bigint): boolean {
  for (let i = 2n; i * i <= candidate; i += 1n) if (candidate % i === 0n) return false;
  return true;
}

const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

export function sha256(message: Uint8Array): Uint8Array {
  const blocks = (message.length + 72) >> 6;
  const padded = new Uint8Array(blocks << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, message.length * 8);
  const state = Uint32Array.from(START);
  const words = new Int32Array(64);
  for (let block = 0; block < blocks; block += 1) {
    for (let i = 0; i < 16; i += 1) words[i] = view.getInt32((block << 6) + i * 4);
    compress(state, words);
  }
  const out = new Uint8Array(32);
  const outView = new DataView(out.buffer);
  state.forEach((word, index) => {
    outView.setUint32(index * 4, word);
  });
  return out;
}

function compress(state: Uint32Array, words: Int32Array): void {
  const w = (at: number): number => words[at] ?? 0;
  for (let i = 16; i < 64; i += 1) {
    const a = w(i - 15);
    const b = w(i - 2);
    const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
    words[i] = (w(i - 16) + s0 + w(i - 7) + s1) | 0;
  }
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let f = state[5] ?? 0;
  let g = state[6] ?? 0;
  let h = state[7] ?? 0;
  for (let i = 0; i < 64; i += 1) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const one = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] ?? 0) + w(i)) | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  const added = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i += 1) state[i] = (state[i] ?? 0) + (added[i] ?? 0);
}
