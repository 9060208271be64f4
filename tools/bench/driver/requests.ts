import { type Mode, markerLength, prose } from '../mock/answers.ts';
import * as texts from '../scan-texts.ts';

/**
 * The requests of the driver: whole HTTP/1.1 messages built once, of which only the marker
 * changes.
 */

export interface Target {
  /** `http://127.0.0.1:PORT` without a path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
}

export interface RequestShape {
  readonly mode: Mode;
  /** Length of the body; small ones are raised to what the frame needs. */
  readonly bodyBytes: number;
  readonly usageAsked: boolean;
  /** What is said: nothing that a value could begin with, or what people write. */
  readonly text?: 'plain' | 'prose';
}

export interface PreparedRequest {
  readonly bytes: Buffer;
  readonly markerAt: number;
}

const turnBytes = 2_048;
/** A larger body has few turns: it is written anew for every one of them. */
const turnsOfLarge = 8;
const largeBytes = 1_000_000;

function said({ text, bodyBytes }: RequestShape, room: number): string {
  const length = Math.min(room, bodyBytes > largeBytes ? bodyBytes / turnsOfLarge : turnBytes);
  if (text === 'plain') return texts.plainText(length);
  return text === 'prose' ? texts.prose(length) : prose(length);
}

export function prepareRequest(target: Target, shape: RequestShape): PreparedRequest {
  const body = requestBody(target.model, shape);
  const host = new URL(target.url).host;
  const headers = {
    host,
    'content-type': 'application/json',
    'content-length': String(body.length),
    ...target.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST /v1/chat/completions HTTP/1.1\r\n${lines.join('')}\r\n`;
  const text = head + body;
  return {
    bytes: Buffer.from(text),
    markerAt: text.indexOf(markerWord(shape.mode)) + 'bench:xx:'.length,
  };
}

/** A marker of fixed width for the nth request. */
export function markerOf(index: number): string {
  return String(index % 10 ** markerLength).padStart(markerLength, '0');
}

/** The request with its marker in place. A copy: the socket may still hold the last one. */
export function withMarker(prepared: PreparedRequest, marker: string): Buffer {
  const bytes = Buffer.from(prepared.bytes);
  bytes.write(marker, prepared.markerAt, 'latin1');
  return bytes;
}

function markerWord(mode: Mode): string {
  return `bench:${mode}:`;
}

function requestBody(model: string, shape: RequestShape): string {
  const streamed = shape.mode.startsWith('s');
  const first = `${markerWord(shape.mode)}${'0'.repeat(markerLength)}; please go on.`;
  const frame = (turns: readonly string[]): string =>
    JSON.stringify({
      model,
      messages: [
        { role: 'system', content: 'You are a calm and brief assistant.' },
        { role: 'user', content: first },
        ...turns.map((content, index) => ({
          role: index % 2 === 0 ? 'assistant' : 'user',
          content,
        })),
      ],
      temperature: 0.2,
      ...(streamed ? { stream: true } : {}),
      ...(shape.usageAsked ? { stream_options: { include_usage: true } } : {}),
    });
  const turns: string[] = [];
  let missing = shape.bodyBytes - frame(turns).length;
  while (missing > 0) {
    turns.push('');
    const room = shape.bodyBytes - frame(turns).length;
    if (room <= 0) {
      turns.pop();
      break;
    }
    turns[turns.length - 1] = said(shape, room);
    missing = shape.bodyBytes - frame(turns).length;
  }
  return padded(frame(turns), shape.bodyBytes);
}

/** The last few bytes that no further turn can fill become white space before the closing brace. */
function padded(body: string, bytes: number): string {
  return `${body.slice(0, -1)}${' '.repeat(Math.max(0, bytes - body.length))}}`;
}
