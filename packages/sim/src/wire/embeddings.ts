// Embeddings by feature hashing: every word and every pair of neighbours adds to a few dimensions
// that its hash names, and the sum is brought to length one. So texts that share words are close,
// the same text is always at the same place, and it costs microseconds.
import { hashOf } from '../hash.ts';
import type { JsonRecord } from '../json.ts';
import { numberAt } from '../json.ts';
import type { Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';
import { tokenCount } from '../tokens.ts';
import { promptsFrom } from './completion-request.ts';
import { wholeNumberProblem } from './limits.ts';

const dimensionsDefault = 384;
const dimensionsMax = 4_096;
const inputsMax = 2_048;
const wordsMax = 8_192;
const spread = 8;

export function embeddingsBody(body: JsonRecord, seed: number): Result<string> {
  const problem = wholeNumberProblem(body, 'dimensions', 1, dimensionsMax);
  if (problem) return refuse(problem);
  const texts = inputsFrom(body['input']);
  if (texts === undefined) {
    const message = "Invalid 'input': expected a non-empty string, strings, or token lists.";
    return refuse(invalid(message, 'input', 'invalid_value'));
  }
  const encoding = body['encoding_format'] ?? 'float';
  if (encoding !== 'float' && encoding !== 'base64') {
    const message = "Invalid value for 'encoding_format': supported are 'float' and 'base64'.";
    return refuse(invalid(message, 'encoding_format', 'invalid_value'));
  }
  const dimensions = numberAt(body, 'dimensions') ?? dimensionsDefault;
  const entries = texts.map((text, index) => {
    const vector = embed(text, dimensions, seed);
    const embedding = encoding === 'base64' ? base64Of(vector) : [...vector];
    return { object: 'embedding', index, embedding };
  });
  const tokens = texts.reduce((sum, text) => sum + tokenCount(text), 0);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return accept(JSON.stringify({ object: 'list', data: entries, model: body['model'], usage }));
}

/** A vector of length one. */
export function embed(text: string, dimensions: number, seed: number): Float32Array {
  const vector = new Float32Array(dimensions);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  let before = '';
  for (const word of words.slice(0, wordsMax)) {
    add(vector, hashOf(word, seed), 1);
    if (before !== '') add(vector, hashOf(`${before} ${word}`, seed), 0.5);
    before = word;
  }
  // A text without words still has a place of its own.
  if (words.length === 0) add(vector, hashOf(text, seed), 1);
  return unit(vector);
}

function inputsFrom(input: unknown): string[] | undefined {
  const texts = input === undefined ? undefined : promptsFrom(input, inputsMax);
  return texts?.some((text) => text === '') ? undefined : texts;
}

function add(vector: Float32Array, hash: number, weight: number): void {
  let state = hash % 4_294_967_296;
  for (let times = 0; times < spread; times += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const at = state % vector.length;
    vector[at] = (vector[at] ?? 0) + ((state >>> 16) % 2 === 0 ? weight : -weight);
  }
}

function unit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  // Words can cancel each other out; then any direction is as good.
  if (squares === 0) return vector.fill(1 / Math.sqrt(vector.length));
  const length = Math.sqrt(squares);
  return vector.map((value) => value / length);
}

/** Little-endian 32-bit floats, as the official client asks for them. */
function base64Of(vector: Float32Array): string {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of vector.entries()) view.setFloat32(at * 4, value, true);
  return Buffer.from(bytes).toString('base64');
}
