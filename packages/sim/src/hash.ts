// Chance without chance: everything the sim seems to choose is drawn from a hash of the request,
// so the same request is answered with the same bytes, today and on another machine.
// The mixing is the public-domain cyrb53 and mulberry32; neither is fit for secrets.

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A 53-bit hash of the text's UTF-16 code units; a different seed is a different hash. */
export function hashOf(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  const mixedHigh = mix(high, low);
  const mixedLow = mix(low, mixedHigh);
  return 4294967296 * (2097151 & mixedLow) + (mixedHigh >>> 0);
}

/** An endless run of numbers in [0, 1), the same for the same seed. */
export function drawsFrom(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / 4294967296)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of the choices; the list must not be empty. */
export function pick<T>(choices: readonly [T, ...T[]], draw: number): T {
  return choices[Math.floor(draw * choices.length)] ?? choices[0];
}

/** Letters and digits for an identifier, drawn from the hash. */
export function idFrom(hash: number, length: number): string {
  const draw = drawsFrom(hash);
  let id = '';
  for (let at = 0; at < length; at += 1) id += letters.charAt(Math.floor(draw() * letters.length));
  return id;
}

function mix(one: number, other: number): number {
  const first = Math.imul(one ^ (one >>> 16), 2246822507);
  return first ^ Math.imul(other ^ (other >>> 13), 3266489909);
}
