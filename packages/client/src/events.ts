// Server-sent events of a chat: the JSON of each, and whether the stream was finished.
import { Broken } from './errors.ts';
import { isObject, type Json, type JsonObject, listOf, memberOf, parse } from './json.ts';

export type Event =
  | { readonly kind: 'chunk'; readonly chunk: JsonObject }
  | { readonly kind: 'error'; readonly body: Json | undefined }
  | { readonly kind: 'done' };

/** A line longer than this ends the reading. */
const LINE_CHARACTERS_MAX = 16_777_216;

/** Any chunking, LF or CRLF. Linear in the bytes. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<Event> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let length = 0;
  let isError = false;
  for await (const bytes of body) {
    const lines = decoder.decode(bytes, { stream: true }).split('\n');
    const last = lines.pop() ?? '';
    for (const end of lines) {
      const line = (pieces.join('') + end).replace(/\r$/, '');
      pieces = [];
      length = 0;
      if (line === '') isError = false;
      else if (/^event: ?error$/.test(line)) isError = true;
      const event = line.startsWith('data:') ? eventOf(line.slice(5).trim(), isError) : undefined;
      if (event !== undefined) yield event;
    }
    pieces.push(last);
    length += last.length;
    if (length > LINE_CHARACTERS_MAX) throw new Broken('a line of the stream is too long');
  }
}

function eventOf(data: string, isError: boolean): Event | undefined {
  if (data === '') return undefined;
  if (data === '[DONE]') return { kind: 'done' };
  const body = parse(data);
  const error = memberOf(body, 'error') ?? null;
  if (isError || error !== null) return { kind: 'error', body };
  if (!isObject(body)) throw new Broken('an event of the stream is no JSON object');
  return { kind: 'chunk', chunk: body };
}

/** Says why it ends: some servers send no `[DONE]` behind it. */
export const isLast = (chunk: JsonObject): boolean =>
  listOf(chunk, 'choices').some((choice) => typeof memberOf(choice, 'finish_reason') === 'string');

/** The bytes of a body, without the iterator that some runtimes lack. */
export async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
