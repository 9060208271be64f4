// Images and sounds: small, valid, and drawn from what was asked. An image is one coloured square,
// speech a tone for every word.
import { crc32, deflateSync } from 'node:zlib';
import { hashOf, pick } from '../hash.ts';
import type { JsonRecord } from '../json.ts';
import { numberAt, textAt } from '../json.ts';
import type { Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';
import { tokenCount } from '../tokens.ts';
import type { Frame, Reply } from '../wire/frame.ts';

const imagesMax = 10;
const imageTokens = 196;
const edge = 8;
const sampleRate = 8_000;
const wordSamples = 800;
const wordsMax = 600;
const byteTokens = 4;

export function imageReply(
  body: JsonRecord,
  { seed, nowMs }: { readonly seed: number; readonly nowMs: number },
): Result<Reply> {
  const prompt = textAt(body, 'prompt') ?? '';
  const count = numberAt(body, 'n') ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > imagesMax) {
    return refuse(invalid(`Invalid 'n': 1 to ${imagesMax}.`, 'n', 'invalid_value'));
  }
  const hash = hashOf(prompt, seed);
  const input = tokenCount(prompt);
  const output = imageTokens * count;
  const usage = { input_tokens: input, output_tokens: output, total_tokens: input + output };
  const images = Array.from({ length: count }, (_, at) => square(hashOf(`${at}${prompt}`, seed)));
  if (body['stream'] === true) {
    const [first = ''] = images;
    const partial = { type: 'image_generation.partial_image', partial_image_index: 0 };
    const whole = { type: 'image_generation.completed', b64_json: first, usage };
    return accept(events([{ ...partial, b64_json: first }, whole], hash));
  }
  const data = images.map((image, at) =>
    textAt(body, 'response_format') === 'url'
      ? { url: `https://images.invalid/${hash}-${at}.png` }
      : { b64_json: image },
  );
  const created = Math.floor(nowMs / 1_000);
  const text = JSON.stringify({ created, data, usage });
  return accept({ kind: 'whole', status: 200, body: text, tokens: 0, hash });
}

export function speechReply(body: JsonRecord, seed: number): Result<Reply> {
  const input = textAt(body, 'input');
  if (!input) return refuse(invalid("Missing 'input'.", 'input', null));
  const sound = tones(input, hashOf(textAt(body, 'voice') ?? '', seed));
  const hash = hashOf(input, seed);
  if (textAt(body, 'stream_format') === 'sse') {
    const output = Math.ceil(sound.length / byteTokens);
    const told = tokenCount(input);
    const usage = { input_tokens: told, output_tokens: output, total_tokens: told + output };
    const half = Math.floor(sound.length / 2);
    const deltas = [sound.subarray(0, half), sound.subarray(half)].map((bytes) => ({
      type: 'speech.audio.delta',
      audio: Buffer.from(bytes).toString('base64'),
    }));
    return accept(events([...deltas, { type: 'speech.audio.done', usage }], hash));
  }
  return accept({ kind: 'bytes', contentType: 'audio/wav', body: sound, hash });
}

/** What is heard depends on the bytes alone. */
export function hearing(form: FormData, bytes: Uint8Array, seed: number): Reply {
  const hash = hashOf(Buffer.from(bytes).toString('latin1'), seed);
  const draw = hash / 2 ** 53;
  const what = pick(['a voice', 'two voices', 'music', 'rain'], draw);
  const text = `${bytes.byteLength} bytes in which ${what} can be heard.`;
  const seconds = Math.max(1, Math.round(bytes.byteLength / sampleRate));
  const format = form.get('response_format');
  if (form.get('stream') === 'true') {
    const output = tokenCount(text);
    const usage = { input_tokens: seconds * 10, output_tokens: output };
    const deltas = text.split(/(?<= )/).map((delta) => ({ type: 'transcript.text.delta', delta }));
    return events([...deltas, { type: 'transcript.text.done', text, usage }], hash);
  }
  if (format === 'text' || format === 'srt' || format === 'vtt') {
    return { kind: 'bytes', contentType: 'text/plain', body: Buffer.from(`${text}\n`), hash };
  }
  const told = { text, usage: { type: 'duration', seconds } };
  return { kind: 'whole', status: 200, body: JSON.stringify(told), tokens: 0, hash };
}

type TypedEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

function events(list: readonly TypedEvent[], hash: number): Reply {
  const frames = list.map((one, at): Frame => {
    const kind = at === list.length - 1 ? 'finish' : 'delta';
    return { kind, text: `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n` };
  });
  const fault = (error: object): string => `event: error\ndata: ${JSON.stringify({ error })}\n\n`;
  return { kind: 'stream', frames, hash, fault };
}

/** A PNG of one colour, as base64. */
function square(hash: number): string {
  const colour = [hash & 0xff, (hash >>> 8) & 0xff, (hash >>> 16) & 0xff];
  const row = [0, ...Array.from({ length: edge }, () => colour).flat()];
  const pixels = Buffer.from(Array.from({ length: edge }, () => row).flat());
  const size = Buffer.alloc(13);
  size.writeUInt32BE(edge, 0);
  size.writeUInt32BE(edge, 4);
  size.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [piece('IHDR', size), piece('IDAT', deflateSync(pixels)), piece('IEND', EMPTY)];
  return Buffer.concat([signature, ...chunks]).toString('base64');
}

const EMPTY = Buffer.alloc(0);

function piece(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** A WAV of 8-bit samples: a square wave for each word, its pitch drawn from it. */
function tones(text: string, seed: number): Uint8Array {
  const words = text.split(/\s+/).slice(0, wordsMax);
  const samples = Buffer.alloc(words.length * wordSamples);
  words.forEach((word, at) => {
    const period = 10 + (hashOf(word, seed) % 30);
    for (let i = 0; i < wordSamples; i += 1) {
      samples[at * wordSamples + i] = i % period < period / 2 ? 96 : 160;
    }
  });
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
