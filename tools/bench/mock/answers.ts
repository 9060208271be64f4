/**
 * What the mock upstream says, byte by byte, built once at start.
 *
 * Promise: every answer carries the eight characters that the request sent as its marker, every
 * unary answer has an exact length, and the chunks of a stream are all distinct (some gateways
 * stop at a run of equal chunks).
 * Limit: it speaks just enough of the OpenAI chat dialect to be believed by a gateway.
 */

/** What a request asks the mock to do; two characters, so that the request has a fixed width. */
export type Mode = 'u1' | 'uh' | 's2' | 's8' | 'sl';

export interface StreamShape {
  readonly chunks: number;
  readonly intervalMs: number;
}

export const markerLength = 8;
export const unaryBytes: { readonly u1: number; readonly uh: number } = { u1: 1_024, uh: 102_400 };
export const streamShapes: {
  readonly s2: StreamShape;
  readonly s8: StreamShape;
  readonly sl: StreamShape;
} = {
  s2: { chunks: 200, intervalMs: 5 },
  s8: { chunks: 8, intervalMs: 5 },
  sl: { chunks: 600, intervalMs: 1_000 },
};
const chunksMax = 600;
const markerBlank = '????????';
const proseWords = 'the model reads a long and quiet text about rivers and tools'.split(' ');

/** A prepared answer and the place in it where the marker of the request is written. */
export interface Template {
  readonly bytes: Buffer;
  readonly markerAt: number;
}

/** The word that only the chunk with this number carries. */
export function chunkWord(index: number): string {
  return `w${String(index).padStart(3, '0')} `;
}

/** Deterministic prose without names, numbers or addresses: nothing a scanner should find. */
export function prose(bytes: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let index = 0; length <= bytes; index += 1) {
    const word = proseWords[(index * 7 + (index >> 3)) % proseWords.length] ?? 'the';
    parts.push(word);
    length += word.length + 1;
  }
  return parts.join(' ').slice(0, bytes);
}

export function unaryBody(bytes: number): string {
  const frame = (content: string): string =>
    JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'mock-model',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 200, completion_tokens: 150, total_tokens: 350 },
    });
  const head = `echo ${markerBlank} `;
  return frame(head + prose(bytes - frame(head).length));
}

export function unaryTemplate(bytes: number): Template {
  const body = unaryBody(bytes);
  return template(unaryHead(body.length) + body);
}

export function unaryHead(bodyBytes: number): string {
  const length = `content-length: ${bodyBytes}`;
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${length}\r\n\r\n`;
}

export interface StreamTemplate {
  /** Status line, headers and the first chunk, which echoes the marker. */
  readonly first: Template;
  /** Chunk 1, 2, ... each with its own word. */
  readonly rest: readonly Buffer[];
  /** The finish chunk, usage when it was asked for, and the end of the stream. */
  readonly last: Buffer;
}

export function streamTemplate(usageAsked: boolean): StreamTemplate {
  const head =
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n' +
    'transfer-encoding: chunked\r\n\r\n';
  const event = (delta: object, finish: string | null): string =>
    sse({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] }, usageAsked);
  const first = framed(event({ role: 'assistant', content: `echo ${markerBlank} ` }, null));
  const rest = Array.from({ length: chunksMax }, (_, index) =>
    Buffer.from(framed(event({ content: chunkWord(index) }, null))),
  );
  const usage = { prompt_tokens: 200, completion_tokens: 200, total_tokens: 400 };
  const end = [framed(event({}, 'stop'))];
  if (usageAsked) end.push(framed(sse({ choices: [], usage }, false)));
  end.push(framed('data: [DONE]\n\n'), '0\r\n\r\n');
  return { first: template(head + first), rest, last: Buffer.from(end.join('')) };
}

function sse(fields: object, usageNull: boolean): string {
  const chunk = {
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'mock-model',
    system_fingerprint: 'fp_bench',
    ...fields,
    ...(usageNull ? { usage: null } : {}),
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function framed(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function template(text: string): Template {
  return { bytes: Buffer.from(text), markerAt: text.indexOf(markerBlank) };
}
