// A -> B -> A for every ordered pair of formats, over asks and answers in our form: what a caller
// of A says to an upstream of B, and what that upstream's answer says to the caller. What B cannot
// carry must be named; ids, arguments, texts and reasons to stop survive always.
import {
  type Answer,
  type AnswerContext,
  type Ask,
  anthropic,
  type Codec,
  cohere,
  converse,
  fold,
  isObject,
  type Json,
  ollama,
  openai,
  responses,
  type ServerCodec,
  tryParse,
  unfold,
} from '@signalbox/dialect';
import { gemini } from '../../packages/dialect/src/gemini/gemini.ts';
import { changed, factsOfAnswer, factsOfAsk, lost } from './facts.ts';

export const CODECS: readonly Codec[] = [openai, responses, anthropic, gemini, ollama];

export type Way = { readonly from: Codec; readonly over: Codec };

export const WAYS: readonly Way[] = CODECS.flatMap((from) =>
  CODECS.filter((over) => over !== from).map((over) => ({ from, over })),
);

/** Formats in which servers alone are asked, with a model that each is the reference for. */
export const SERVERS: readonly {
  readonly wire: string;
  readonly codec: ServerCodec;
  readonly model: string;
}[] = [
  { wire: 'converse', codec: converse, model: 'anthropic.claude-any' },
  { wire: 'cohere', codec: cohere, model: 'command-any' },
];

export type Outcome = {
  readonly dropped: ReadonlySet<string>;
  /** What went without being named, or why there is no way at all. */
  readonly lost: readonly string[];
};

const TO = { model: 'theirs', quirks: {}, askUsage: false };

/** The path of some formats names the model; the gateway puts it into the body. */
function bodyOf(codec: Codec, ask: Ask, written: Uint8Array): Json {
  const body = tryParse(written) ?? null;
  if (codec.wire !== 'gemini' || !isObject(body)) return body;
  return { ...body, model: TO.model, stream: ask.stream };
}

function again(codec: Codec, ask: Ask): { ask: Ask; dropped: ReadonlySet<string> } | string {
  const { body, dropped } = codec.writeAsk(ask, TO);
  const back = codec.readAsk(bodyOf(codec, ask, body));
  return back.ok ? { ask: back.value, dropped } : `${codec.wire} refuses: ${back.refusal.message}`;
}

/** What the first format itself cannot say is no matter of the way. */
export function askOver({ from, over }: Way, ask: Ask): Outcome {
  const alone = again(from, ask);
  if (typeof alone === 'string') return { dropped: new Set(), lost: [alone] };
  const there = again(over, alone.ask);
  if (typeof there === 'string') return { dropped: new Set(), lost: [there] };
  const back = again(from, there.ask);
  if (typeof back === 'string') return { dropped: there.dropped, lost: [back] };
  const names = changed(factsOfAsk(alone.ask), factsOfAsk(back.ask));
  // What the second format says in another way may have no place in the first.
  const named = new Set([...there.dropped, ...back.dropped]);
  return { dropped: there.dropped, lost: lost(names, named) };
}

/** What such a server cannot be told; nobody reads it back, so what is named counts. */
export function droppedFor(
  from: Codec,
  { codec, model }: (typeof SERVERS)[number],
  ask: Ask,
): ReadonlySet<string> {
  const alone = again(from, ask);
  if (typeof alone === 'string') return new Set<string>();
  return codec.writeAsk(alone.ask, { ...TO, model }).dropped;
}

const contextOf = (answer: Answer): AnswerContext => ({
  model: answer.model ?? 'asked',
  id: answer.id ?? 'made_1',
  created: answer.created ?? 1_700_000_000,
  usageWanted: true,
});

type Again = { readonly answer: Answer; readonly dropped: ReadonlySet<string> };

function whole(codec: Codec, answer: Answer): Again {
  const { body, dropped } = codec.writeWhole(answer, contextOf(answer));
  return { answer: fold(codec.readWhole(tryParse(body) ?? null)), dropped };
}

function streamed(codec: Codec, answer: Answer): Again {
  const encoder = codec.encoder(contextOf(answer));
  const decoder = codec.decoder();
  const bytes = unfold(answer).map((event) => Buffer.from(encoder.push(event)));
  const events = [...decoder.push(Buffer.concat(bytes)), ...decoder.end()];
  return { answer: fold(events), dropped: encoder.dropped };
}

/** An answer in `from`, written and read in `over`, and back. */
export function answerOver({ from, over }: Way, answer: Answer): Outcome {
  const dropped = new Set<string>();
  const missing: string[] = [];
  for (const [name, way] of [
    ['whole', whole],
    ['stream', streamed],
  ] as const) {
    const alone = way(from, answer).answer;
    const there = way(over, alone);
    const back = way(from, there.answer);
    for (const one of there.dropped) dropped.add(one);
    const names = changed(factsOfAnswer(alone), factsOfAnswer(back.answer));
    const gone = lost(names, there.dropped);
    missing.push(...gone.map((one) => `${name}: ${one}`));
  }
  return { dropped, lost: missing };
}
