// Weights written by hand instead of learnt, so that the model's behaviour can be stated beforehand
// and tested:
//
// - It speaks by a table: the embedding is one channel a token, and the output matrix holds the
//   logarithms of how often one token follows another in the corpus. The newest token alone decides
//   the next one.
// - A hard word anywhere in the context makes it unsure. The first head attends to such words and
//   writes a 4 into a spare channel; the norm before the output then divides every logit by the
//   square root of 17.
// - Offered tools make it call one. The second head finds the tools' mark, unless a tool's answer
//   stands there already, and writes a 2; the feed-forward layer lets it through at the start of an
//   answer alone, as a push towards the mark that opens a call.
import type { Text } from './corpus.ts';
import {
  type Network,
  ones,
  type Tensor,
  tensor,
  WIDTH_FEED_FORWARD,
  WIDTH_HEAD,
  widthEmbeddingFor,
  zeros,
} from './tensors.ts';
import type { Vocabulary } from './vocabulary.ts';

const HEADS = 2;
const WIDTH_ATTENTION = HEADS * WIDTH_HEAD;
/** The rotary pair that turns slowest, so that distance does not matter to the heads. */
const SLOWEST = WIDTH_HEAD - 2;
/** Large enough that attention falls on marked tokens alone. */
const LOUD = 32;

/** Never seen, but not impossible. */
const COUNT_UNSEEN = 0.002;
/** Marks that must not appear by chance. */
const COUNT_FORBIDDEN = 1e-6;

const HARD_WORDS = [
  ' prove',
  ' theorem',
  ' hard',
  ' derive',
  ' lemma',
  'prove',
  'theorem',
  'hard',
] as const;

type Channels = {
  readonly width: number;
  readonly unsure: number;
  readonly offered: number;
  readonly call: number;
};

export function handmadeWeights(
  words: Vocabulary,
  texts: readonly Text[],
  sharpness: number,
): Network {
  const width = widthEmbeddingFor(words.tokens.length);
  const channels = { width, unsure: width - 1, offered: width - 2, call: width - 3 };
  const network = {
    widthEmbedding: width,
    widthFeedForward: WIDTH_FEED_FORWARD,
    widthHead: WIDTH_HEAD,
    heads: HEADS,
    layers: 1,
  };
  const tensors = [
    ...speech(words, followers(words, texts), channels, sharpness),
    ...attention(words, channels),
    ...feedForward(words, channels),
  ];
  return { ...network, tensors };
}

/** The words that really are one token: only those can be seen by a head. */
export function hardTokens(words: Vocabulary): readonly number[] {
  const encoded = HARD_WORDS.map((word) => words.encode(word));
  return encoded.flatMap((tokens) => (tokens.length === 1 ? tokens : []));
}

/** How often each token is followed by each other one; `rows[a][b]` counts b after a. */
function followers(words: Vocabulary, texts: readonly Text[]): readonly Float32Array[] {
  const size = words.tokens.length;
  const rows = words.tokens.map(() => new Float32Array(size).fill(COUNT_UNSEEN));
  const end = words.mark('<|im_end|>');
  for (const { kind, text } of texts) {
    if (kind !== 'spoken') continue;
    const tokens = [words.first('\n'), ...words.encode(text), end];
    tokens.slice(1).forEach((next, index) => {
      raise(rows, tokens[index] ?? end, next, 1);
    });
  }
  forbidMarks(words, rows);
  closeObjects(words, rows);
  return rows;
}

function forbidMarks(words: Vocabulary, rows: readonly Float32Array[]): void {
  const end = words.mark('<|im_end|>');
  const forbidden = [
    words.mark('<|im_start|>'),
    words.mark('<|endoftext|>'),
    words.mark('<tools>'),
    words.mark('<tool_response>'),
    words.mark('<tool_call>'),
    words.mark('</tool_call>'),
  ];
  for (const row of rows) {
    for (const mark of forbidden) row[mark] = COUNT_FORBIDDEN;
    // A token that the corpus never showed has nothing to say, so it ends the answer.
    if (!row.some((count) => count >= 1)) row[end] = (row[end] ?? 0) + 1;
  }
}

/** Keeps every object closable: a grammar may ask for an end where the corpus had none. */
function closeObjects(words: Vocabulary, rows: readonly Float32Array[]): void {
  const quoteBrace = words.first('"}');
  const quote = words.first('"');
  const brace = words.first('}');
  const call = words.mark('<tool_call>');
  const callEnd = words.mark('</tool_call>');
  for (let token = 0; token < rows.length; token += 1) {
    raise(rows, token, quoteBrace, 0.02);
    raise(rows, token, quote, 0.02);
    raise(rows, token, brace, 0.01);
  }
  raise(rows, call, words.first('{"'), 50);
  raise(rows, callEnd, words.mark('<|im_end|>'), 50);
  raise(rows, brace, callEnd, 3);
  raise(rows, quoteBrace, callEnd, 3);
}

function raise(rows: readonly Float32Array[], token: number, next: number, by: number): void {
  const row = rows[token];
  if (row === undefined) throw new Error(`no row for token ${token}`);
  row[next] = (row[next] ?? 0) + by;
}

function speech(
  words: Vocabulary,
  rows: readonly Float32Array[],
  channels: Channels,
  sharpness: number,
): readonly Tensor[] {
  const { width } = channels;
  const size = words.tokens.length;
  const root = Math.sqrt(width);
  const embedding = zeros(width * size);
  const output = zeros(width * size);
  rows.forEach((row, token) => {
    embedding[token * width + token] = 1;
    const total = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, next) => {
      output[next * width + token] = (sharpness * Math.log(count / total)) / root;
    });
  });
  output[words.mark('<tool_call>') * width + channels.call] = 30 / root;
  return [
    tensor('token_embd.weight', [width, size], embedding),
    tensor('output_norm.weight', [width], ones(width)),
    tensor('output.weight', [width, size], output),
  ];
}

function attention(words: Vocabulary, channels: Channels): readonly Tensor[] {
  const { width } = channels;
  const root = Math.sqrt(width);
  const query = zeros(width * WIDTH_ATTENTION);
  const key = zeros(width * WIDTH_ATTENTION);
  const value = zeros(width * WIDTH_ATTENTION);
  const output = zeros(WIDTH_ATTENTION * width);
  for (let token = 0; token < words.tokens.length; token += 1) {
    query[SLOWEST * width + token] = LOUD / root;
    query[(WIDTH_HEAD + SLOWEST) * width + token] = LOUD / root;
  }
  for (const token of hardTokens(words)) {
    key[SLOWEST * width + token] = LOUD / root;
    value[token] = 1 / root;
  }
  output[channels.unsure * WIDTH_ATTENTION] = 4;
  const tools = words.mark('<tools>');
  const response = words.mark('<tool_response>');
  for (const token of [tools, response]) {
    key[(WIDTH_HEAD + SLOWEST) * width + token] = LOUD / root;
  }
  value[WIDTH_HEAD * width + tools] = 1 / root;
  value[WIDTH_HEAD * width + response] = -1 / root;
  output[channels.offered * WIDTH_ATTENTION + WIDTH_HEAD] = 0.5;
  return [
    tensor('blk.0.attn_norm.weight', [width], ones(width)),
    tensor('blk.0.attn_q.weight', [width, WIDTH_ATTENTION], query),
    tensor('blk.0.attn_k.weight', [width, WIDTH_ATTENTION], key),
    tensor('blk.0.attn_v.weight', [width, WIDTH_ATTENTION], value),
    tensor('blk.0.attn_output.weight', [WIDTH_ATTENTION, width], output),
  ];
}

/**
 * Multiplies two facts: tools are offered, and the newest token is the line break that opens an
 * answer.
 */
function feedForward(words: Vocabulary, channels: Channels): readonly Tensor[] {
  const { width } = channels;
  const root = Math.sqrt(width);
  const gate = zeros(width * WIDTH_FEED_FORWARD);
  const up = zeros(width * WIDTH_FEED_FORWARD);
  const down = zeros(WIDTH_FEED_FORWARD * width);
  gate[channels.offered] = 4 / root;
  up[words.first('\n')] = 1 / root;
  down[channels.call * WIDTH_FEED_FORWARD] = 1;
  return [
    tensor('blk.0.ffn_norm.weight', [width], ones(width)),
    tensor('blk.0.ffn_gate.weight', [width, WIDTH_FEED_FORWARD], gate),
    tensor('blk.0.ffn_up.weight', [width, WIDTH_FEED_FORWARD], up),
    tensor('blk.0.ffn_down.weight', [WIDTH_FEED_FORWARD, width], down),
  ];
}
