// Streams for tests: made from parts whose hidden form is known by construction, read by a slow
// reference that sees the whole stream at once and parses every event, and cut into chunks of every
// kind.
import type { Operation, Usage } from '@signalbox/contract';
import fc from 'fast-check';
import type { StreamFacts, StreamReader } from './stream.ts';

/** A stream as sent, and as it goes on when the usage is to be hidden. */
export type MadeStream = { readonly raw: string; readonly hidden: string };

const word = fc.constantFrom(
  ...['ok', 'é', '😀', 'the usage', '\\"usage\\":null}', 'an error', 'data: x', '[DONE]'],
  ...['response.completed', '\\n\\ndata: [DONE]\\n\\n', '"}', ''].map((text) =>
    text === '"}' ? '\\"}' : text,
  ),
);
const plainFields = fc.array(
  fc.oneof(
    word.map((text) => `"text":"${text}"`),
    word.map((text) => `"p" : [{"usage":null},"${text}"]`),
    fc.constant('"model":"made-up"'),
    fc.constant('"service_tier":"flex"'),
    fc.constant('"error":null'),
    fc.constant('"x_groq":{"id":"r"}'),
    fc.constant('"x_groq":{"usage":{"prompt_tokens":4,"completion_tokens":2}}'),
  ),
  { maxLength: 3 },
);
const count = fc.nat(999);
const usage = fc
  .tuple(count, count, fc.boolean())
  .map(([input, output, spaced]) =>
    spaced
      ? `"usage" : { "prompt_tokens" : ${input}, "completion_tokens" : ${output} }`
      : `"usage":{"prompt_tokens":${input},"completion_tokens":${output},"total_tokens":0}`,
  );
const choices = word.map((text) => `"choices":[{"index":0,"delta":{"content":"${text}"}}]`);
const lead = fc.constantFrom('', '', '', 'id: 7~', 'event: chunk~', ': note~');
const colon = fc.constantFrom('data: ', 'data:');

const inserted = (fields: readonly string[], place: number, field: string): readonly string[] => [
  ...fields.slice(0, place),
  field,
  ...fields.slice(place),
];

const chunk = fc
  .tuple(
    lead,
    colon,
    plainFields,
    choices,
    fc.option(fc.constantFrom('"usage":null', '"usage" : null')),
    fc.nat(4),
  )
  .map(([before, data, others, answer, nothing, place]): MadeStream => {
    const fields = [answer, ...others];
    const all = nothing === null ? fields : inserted(fields, place, nothing);
    const line = (held: readonly string[]): string => `${before}${data}{${held.join(',')}}~~`;
    return { raw: line(all), hidden: line(fields) };
  });
const chunkWithUsage = fc
  .tuple(colon, plainFields, choices, usage, fc.nat(4))
  .map(([data, others, answer, told, place]): MadeStream => {
    const raw = `${data}{${inserted([answer, ...others], place, told).join(',')}}~~`;
    return { raw, hidden: raw };
  });
const usageChunk = fc
  .tuple(colon, plainFields, usage, fc.constantFrom('"choices":[]', '"choices": [ ]'), fc.nat(4))
  .map(([data, others, told, none, place]): MadeStream => {
    const raw = `${data}{${inserted([none, ...others], place, told).join(',')}}~~`;
    return { raw, hidden: '' };
  });
const other = fc
  .constantFrom(
    ...[': ping~~', ':~~', 'data: [DONE]~~', 'data:[DONE]~~', 'data: {"broken":~~'],
    ...['data: {"two":1,~data: "lines":2}~~', 'event: error~data: {"error":{"code":1}}~~'],
    ...['error: {"code":500}~~', 'data: [1,2]~~', 'data: ~~', 'event: ping~~', 'retry: 10~~'],
    ...['data: {"choices":[],"prompt_filter_results":[]}~~', 'event: error~data: not json~~'],
  )
  .map((raw): MadeStream => ({ raw, hidden: raw }));

const event = fc.oneof(
  { weight: 6, arbitrary: chunk },
  { weight: 1, arbitrary: chunkWithUsage },
  { weight: 1, arbitrary: usageChunk },
  { weight: 2, arbitrary: other },
);

/** Ends of lines are written `~` until the whole is known: LF or CRLF, the same all along. */
export const madeStream: fc.Arbitrary<MadeStream> = fc
  .tuple(
    fc.array(event, { maxLength: 12 }),
    fc.constantFrom('\n', '\r\n'),
    fc.option(chunk),
    fc.nat(2),
  )
  .map(([events, end, last, missing]) => {
    const unfinished = (text: string): string => text.slice(0, text.length - 2 + (missing % 2));
    const tail = last === null ? { raw: '', hidden: '' } : last;
    const all = (form: 'raw' | 'hidden'): string =>
      (events.map((one) => one[form]).join('') + unfinished(tail[form])).replaceAll('~', end);
    return { raw: all('raw'), hidden: all('hidden') };
  });

/** How bytes may come: all at once, one by one, or cut anywhere. */
export const cuts: fc.Arbitrary<(bytes: Uint8Array) => readonly Uint8Array[]> = fc.oneof(
  fc.constant((bytes: Uint8Array) => [bytes]),
  fc.constant((bytes: Uint8Array) => [...bytes].map((byte) => Uint8Array.of(byte))),
  fc.array(fc.nat(400), { minLength: 1, maxLength: 30 }).map((sizes) => (bytes: Uint8Array) => {
    const chunks: Uint8Array[] = [];
    for (let at = 0, i = 0; at < bytes.length; i += 1) {
      const size = 1 + (sizes[i % sizes.length] ?? 0);
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    return chunks;
  }),
);

/** What goes on, all together. Every chunk is overwritten once it has been pushed. */
export function passed(reader: StreamReader, chunks: readonly Uint8Array[]): string {
  const out: Uint8Array[] = [];
  for (const chunk of chunks) {
    const lent = chunk.slice();
    out.push(reader.push(lent).slice());
    lent.fill(0x58);
  }
  out.push(reader.rest());
  return Buffer.concat(out).toString();
}

const OPENING_EVENTS = 3;

/** The facts by the slow way: the whole stream split, every event parsed. */
export function slowFacts(operation: Operation, whole: string): StreamFacts {
  const facts = {
    model: undefined as string | undefined, // widened: found below
    usage: undefined as Usage | undefined, // widened: found below
    service: undefined as string | undefined, // widened: found below
    responseId: undefined as string | undefined, // widened: found below
    error: false,
    done: false,
    finished: false,
    malformed: false,
    events: 0,
  };
  let opening = 0;
  for (const lines of eventsOf(whole)) {
    const datas = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5));
    facts.events += datas.length;
    facts.error ||= lines.some((line) => /^event: ?error\s*$|^error:/.test(line));
    const [data] = datas;
    facts.done ||= operation !== 'response' && datas.some((one) => /^ ?\[DONE\]$/.test(one));
    facts.finished ||= facts.done || lines.some((line) => /"finish_reason"[ :]*"/.test(line));
    if (data === undefined || datas.length !== 1) continue;
    opening += 1;
    const value = parsedObject(data);
    if (value === undefined) {
      facts.malformed ||= /^ *\{/.test(data);
      continue;
    }
    const told = usageIn(value);
    const names = facts.model === undefined && opening <= OPENING_EVENTS;
    if (names) facts.model = textIn(operation, value, 'model');
    if (names || told !== undefined) {
      facts.service ??= textIn(operation, value, 'service_tier');
      if (operation === 'response') facts.responseId ??= textIn(operation, value, 'id');
    }
    if (value['error'] !== undefined && value['error'] !== null) facts.error = true;
    if (operation === 'response') {
      const type = String(value['type']);
      if (/^response\.(completed|incomplete|failed)$/.test(type)) facts.done = true;
      facts.finished ||= facts.done;
      if (type === 'error' || type === 'response.failed') facts.error = true;
    }
    facts.usage = told ?? facts.usage;
  }
  return facts;
}

export function eventsOf(whole: string): readonly (readonly string[])[] {
  const events: string[][] = [];
  let lines: string[] = [];
  for (const line of whole.split('\n').map((one) => one.replace(/\r$/, ''))) {
    if (line !== '') lines.push(line);
    else {
      if (lines.length > 0) events.push(lines);
      lines = [];
    }
  }
  if (lines.length > 0) events.push(lines);
  return events;
}

type Json = Readonly<Record<string, unknown>>;

const asObject = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;

export function parsedObject(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function textIn(operation: Operation, value: Json, key: string): string | undefined {
  const around = operation === 'response' ? asObject(value['response']) : undefined;
  const text = (around ?? value)[key];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function usageIn(value: Json): Usage | undefined {
  for (const place of [value, asObject(value['response']), asObject(value['x_groq'])]) {
    const told = asObject(place?.['usage']);
    const tokens = (...names: string[]): number | undefined => {
      const found = names.map((name) => told?.[name]).find((one) => typeof one === 'number');
      return typeof found === 'number' ? found : undefined;
    };
    const detail = (name: string, key: string): number | undefined => {
      const found = asObject(told?.[name])?.[key];
      return typeof found === 'number' ? found : undefined;
    };
    const input = tokens('prompt_tokens', 'input_tokens');
    const output = tokens('completion_tokens', 'output_tokens');
    if (input === undefined && output === undefined) continue;
    const reasoning =
      detail('completion_tokens_details', 'reasoning_tokens') ??
      detail('output_tokens_details', 'reasoning_tokens');
    const total = (input ?? 0) + (output ?? 0) + (reasoning ?? 0);
    return {
      inputTokens: input ?? 0,
      outputTokens: (output ?? 0) + (tokens('total_tokens') === total ? (reasoning ?? 0) : 0),
      cachedInputTokens:
        detail('prompt_tokens_details', 'cached_tokens') ??
        detail('input_tokens_details', 'cached_tokens') ??
        tokens('prompt_cache_hit_tokens'),
      reasoningTokens: reasoning,
      source: 'measured',
    };
  }
  return undefined;
}

/** The hidden form by the slow way, as values: the bytes are the matter of other tests. */
export function slowHidden(whole: string): readonly unknown[] {
  return eventsOf(whole).flatMap((lines): readonly unknown[] => {
    const datas = lines.filter((line) => line.startsWith('data:'));
    const value = datas.length === 1 ? parsedObject(datas[0]?.slice(5) ?? '') : undefined;
    if (value === undefined) return [lines];
    const choices = value['choices'];
    const bare = Array.isArray(choices) && choices.length === 0;
    if (bare && asObject(value['usage']) !== undefined) return [];
    const { usage, ...rest } = value;
    return [usage === null ? rest : value];
  });
}
