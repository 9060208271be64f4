// Byte-pair encoding over bytes, as GPT-2 does it: text is cut into words, words into bytes, and
// the commonest neighbours become one token, again and again. Slow and short on purpose: the corpus
// is small.

const MERGES_MAX = 350;
const WORD_PATTERN = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

export type Tokenizer = {
  /** The 256 bytes first, then one token a merge. Bytes are written as printable characters. */
  readonly tokens: readonly string[];
  /** Each merge as `left right`, in the order in which it was learnt. */
  readonly merges: readonly string[];
  readonly encode: (text: string) => readonly number[];
};

type Word = { count: number; symbols: readonly string[] };

export function trainTokenizer(texts: readonly string[]): Tokenizer {
  const tokens = Array.from({ length: 256 }, (_, byte) => printable(byte));
  const merges: string[] = [];
  const words = countWords(texts);
  while (merges.length < MERGES_MAX) {
    const best = commonestPair(words);
    if (best === undefined) break;
    const [left, right] = halves(best);
    merges.push(best);
    tokens.push(left + right);
    for (const word of words) word.symbols = joined(word.symbols, left, right);
  }
  return { tokens, merges, encode: encoder(tokens, merges) };
}

/** The GPT-2 table: bytes that print stand for themselves, the others move up to 256 and beyond. */
const BYTE_CHARACTERS: readonly string[] = byteCharacters();

function byteCharacters(): readonly string[] {
  const characters: string[] = [];
  let moved = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    const prints = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    characters.push(String.fromCodePoint(prints ? byte : 256 + moved));
    if (!prints) moved += 1;
  }
  return characters;
}

function printable(byte: number): string {
  const character = BYTE_CHARACTERS[byte];
  if (character === undefined) throw new Error(`not a byte: ${byte}`);
  return character;
}

function cut(text: string): readonly (readonly string[])[] {
  const words = text.match(WORD_PATTERN) ?? [];
  return words.map((word) => [...Buffer.from(word)].map(printable));
}

function countWords(texts: readonly string[]): readonly Word[] {
  const words = new Map<string, Word>();
  for (const text of texts) {
    for (const symbols of cut(text)) {
      const key = symbols.join('');
      const known = words.get(key);
      if (known === undefined) words.set(key, { count: 1, symbols });
      else known.count += 1;
    }
  }
  return [...words.values()];
}

/**
 * The pair seen most often, and of equals the first in the order of code units; undefined when none
 * repeats.
 */
function commonestPair(words: readonly Word[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { count, symbols } of words) {
    for (const pair of pairs(symbols)) counts.set(pair, (counts.get(pair) ?? 0) + count);
  }
  let best: string | undefined;
  let bestCount = 1;
  for (const [pair, count] of counts) {
    if (count > bestCount || (count === bestCount && best !== undefined && pair < best)) {
      best = pair;
      bestCount = count;
    }
  }
  return best;
}

function pairs(symbols: readonly string[]): readonly string[] {
  return symbols.slice(1).map((right, index) => `${symbols[index]} ${right}`);
}

function halves(pair: string): readonly [string, string] {
  const space = pair.indexOf(' ');
  return [pair.slice(0, space), pair.slice(space + 1)];
}

function joined(symbols: readonly string[], left: string, right: string): readonly string[] {
  const out: string[] = [];
  for (let index = 0; index < symbols.length; index += 1) {
    const symbol = symbols[index] ?? '';
    const merges = symbol === left && symbols[index + 1] === right;
    out.push(merges ? left + right : symbol);
    if (merges) index += 1;
  }
  return out;
}

function encoder(tokens: readonly string[], merges: readonly string[]): Tokenizer['encode'] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const ranks = new Map(merges.map((merge, rank) => [merge, rank]));
  return (text) =>
    cut(text)
      .flatMap((symbols) => mergeWord(symbols, ranks))
      .map(idOf);

  function idOf(symbol: string): number {
    const id = ids.get(symbol);
    if (id === undefined) throw new Error(`no token for ${symbol}`);
    return id;
  }
}

/**
 * Merges the pair that was learnt first, until none is left; every turn shortens the word by one.
 */
function mergeWord(word: readonly string[], ranks: Map<string, number>): readonly string[] {
  let symbols = word;
  for (let turns = word.length; turns > 0; turns -= 1) {
    let at = -1;
    let lowest = Number.POSITIVE_INFINITY;
    pairs(symbols).forEach((pair, index) => {
      const rank = ranks.get(pair) ?? Number.POSITIVE_INFINITY;
      if (rank < lowest) {
        lowest = rank;
        at = index;
      }
    });
    if (at < 0) return symbols;
    const merged = `${symbols[at]}${symbols[at + 1]}`;
    symbols = [...symbols.slice(0, at), merged, ...symbols.slice(at + 2)];
  }
  return symbols;
}
