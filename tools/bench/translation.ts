import type { Dialect, Operation, Question } from '@signalbox/contract';
import {
  anthropic,
  type Codec,
  gemini,
  type Lane,
  laneTo,
  ollama,
  openai,
  questionIn,
  render,
  responses,
  SERVER_KINDS,
  streamOf,
  unfold,
  wholeOf,
} from '@signalbox/dialect';
import { Book } from './book.ts';
import type { GoalLine } from './goals.table.ts';
import type { Report } from './report.ts';
import { answerOf, askOf, callPieces } from './translation-samples.ts';
import { versions } from './versions.ts';

/**
 * What it costs to carry a call between two dialects, on the functions that the line itself calls:
 * the request of about 10 KB, the whole answer of about 10 KB, a chunk of a stream. CPU of one
 * thread, warmed up. Beside it, what `JSON.parse` and `JSON.stringify` of the same bytes cost.
 *
 * `growth` is the time of twice as many divided by the time of as many: 2 is linear.
 */

export interface TranslationOptions {
  readonly rounds: number;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

interface Caller {
  readonly name: string;
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly codec: Codec;
}

const callers: readonly Caller[] = [
  { name: 'chat', dialect: 'openai', operation: 'chat', codec: openai },
  { name: 'responses', dialect: 'openai', operation: 'response', codec: responses },
  { name: 'anthropic', dialect: 'anthropic', operation: 'chat', codec: anthropic },
  { name: 'gemini', dialect: 'gemini', operation: 'chat', codec: gemini },
  { name: 'ollama', dialect: 'ollama', operation: 'chat', codec: ollama },
];
const codecs: Readonly<Partial<Record<Lane['upstream'], Codec>>> = {
  openai,
  responses,
  anthropic,
  gemini,
  ollama,
};
function codecOf({ upstream }: Lane): Codec {
  const codec = codecs[upstream];
  if (codec === undefined) throw new Error(`nobody here answers as ${upstream}`);
  return codec;
}

/** One kind for each format, none of which speaks all of them. */
const kinds: readonly string[] = ['groq', 'anthropic', 'vertex', 'ollama'];

const asked = { model: 'theirs', askUsage: false, storeNothing: false };
const context = { model: 'm', id: 'chatcmpl-1', created: 1_700_000_000, usageWanted: true };
const call = {
  request: 'req_00000000000000000000000000' as Parameters<typeof streamOf>[2]['request'],
  at: 1_700_000_000_000,
  model: 'm',
  stream: true,
  usageWanted: true,
  hideLogprobs: false,
  ask: undefined,
};
const chunks = 400;
const growthPieces = 8_000;
const tries = 3;

const atMost = (bound: number): GoalLine['goals'] => [{ kind: 'at-most', bound }];

export function translation({ rounds, quick, say }: TranslationOptions): Report {
  const book = new Book();
  const lines: GoalLine[] = [];
  const spanMs = quick ? 60 : 300;
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}`);
    for (const way of ways()) {
      for (const { figure, unit, goals, value, baseline } of measured(way, spanMs)) {
        if (round === 0) lines.push({ figure, unit, goals });
        book.write({ figure, contestant: 'signalbox', round, value });
        if (baseline !== undefined) {
          book.write({ figure, contestant: 'json', round, value: baseline });
        }
      }
    }
  }
  return { name: 'translation', versions: versions(), rows: book.rows(lines), faults: [] };
}

interface Way {
  readonly name: string;
  readonly caller: Caller;
  readonly lane: Lane;
}

function ways(): readonly Way[] {
  const found: Way[] = [];
  for (const caller of callers) {
    for (const name of kinds) {
      const kind = SERVER_KINDS.find((one) => one.name === name);
      if (kind === undefined) throw new Error(`no kind ${name}`);
      const lane = laneTo(kind, '/v1', caller.dialect, caller.operation);
      if (lane?.carried !== true) continue;
      found.push({ name: `${caller.name} over ${lane.upstream}`, caller, lane });
    }
  }
  return found;
}

interface Figure extends GoalLine {
  readonly value: number;
  readonly baseline: number | undefined;
}

function measured(way: Way, spanMs: number): readonly Figure[] {
  const { caller, lane, name } = way;
  const body = caller.codec.writeAsk(askOf(), { model: 'm', quirks: {}, askUsage: false }).body;
  const question = questionOf(caller, body);
  const answer = codecOf(lane).writeWhole(answerOf(), context).body;
  const whole = { status: 200, headers: [], body: answer };
  const stream = streamBytes(lane, chunks);
  const scale = 1_000;
  return [
    {
      ...{ figure: `ask, ${name}`, unit: 'us', goals: atMost(150) },
      value: scale * perCallMs(spanMs, () => render(question, lane, asked)),
      baseline: scale * perCallMs(spanMs, () => again(body)),
    },
    {
      ...{ figure: `answer, ${name}`, unit: 'us', goals: atMost(150) },
      value: scale * perCallMs(spanMs, () => wholeOf(lane, whole, { ...call, stream: false })),
      baseline: scale * perCallMs(spanMs, () => again(answer)),
    },
    {
      ...{ figure: `chunk, ${name}`, unit: 'us', goals: atMost(25) },
      value: (scale * perCallMs(spanMs, () => carry(lane, stream))) / stream.length,
      baseline: undefined,
    },
    ...growth(way, spanMs),
  ];
}

function growth({ lane, name }: Way, spanMs: number): readonly Figure[] {
  const of = (bytes: (lane: Lane, count: number) => Stream): number =>
    growthOf(spanMs, lane, [bytes(lane, growthPieces), bytes(lane, 2 * growthPieces)]);
  const goals = atMost(2.3);
  const told = { unit: 'x', goals, baseline: undefined };
  return [
    { ...told, figure: `growth of streams, ${name}`, value: of(streamBytes) },
    { ...told, figure: `growth of arguments, ${name}`, value: of(callBytes) },
  ];
}

type Stream = readonly Uint8Array[];

function questionOf({ dialect, operation }: Caller, body: Uint8Array): Question {
  const read = questionIn(dialect, operation, body, { model: 'm', stream: true });
  if (!read.ok) throw new Error(read.refusal.message);
  return read.value;
}

/** A text in so many chunks, as the lane's upstream sends it. */
function streamBytes(lane: Lane, count: number): Stream {
  const encoder = codecOf(lane).encoder(context);
  const start = encoder.push({ kind: 'start', id: 'a1', model: 'm', created: 1_700_000_000 });
  const texts = Array.from({ length: count }, (_, i) =>
    encoder.push({ kind: 'text', answer: 0, part: 0, text: ` word${i % 10}` }),
  );
  const rest = unfold(answerOf()).filter((event) => ['stop', 'usage', 'end'].includes(event.kind));
  return [start, ...texts, ...rest.map((event) => encoder.push(event))];
}

function callBytes(lane: Lane, count: number): Stream {
  const encoder = codecOf(lane).encoder(context);
  return callPieces(count).map((event) => encoder.push(event));
}

function carry(lane: Lane, stream: Stream): number {
  const reader = streamOf(lane, false, call);
  let bytes = 0;
  for (const chunk of stream) bytes += reader.push(chunk).length;
  return bytes + reader.rest().length;
}

function again(body: Uint8Array): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(body))));
}

/**
 * CPU milliseconds of one call of `work` on the thread that calls: what V8 compiles beside it in
 * the first seconds is no cost of a call. As long a span before warms up.
 */
function perCallMs(spanMs: number, work: () => unknown): number {
  for (const until = performance.now() + spanMs; performance.now() < until; ) work();
  const before = process.threadCpuUsage();
  let calls = 0;
  for (const until = performance.now() + spanMs; performance.now() < until; calls += 1) work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000 / calls;
}

/** Taken in turn, so that both meet the same machine; the least of each is what the work costs. */
function growthOf(spanMs: number, lane: Lane, [once, twice]: readonly [Stream, Stream]): number {
  let short = Number.POSITIVE_INFINITY;
  let long = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i += 1) {
    short = Math.min(
      short,
      perCallMs(spanMs / tries, () => carry(lane, once)),
    );
    long = Math.min(
      long,
      perCallMs(spanMs / tries, () => carry(lane, twice)),
    );
  }
  return long / short;
}
