// Embeddings between the formats that have them. Where both sides speak one format the body passes
// as it is, unless its form is not the one of the path that the server is asked at: Ollama has two,
// and Google names the model in every request of a batch.
import { no, type Question, type Result, yes } from '@signalbox/contract';
import type { Json, ServerWire, Wire } from '../canon/canon.ts';
import type { BadAsk, WriteTo, Written } from '../canon/codec.ts';
import {
  type EmbedAsk,
  type Embedded,
  readOpenaiEmbedAsk,
  readOpenaiEmbedded,
  writeOpenaiEmbedAsk,
  writeOpenaiEmbedded,
} from '../canon/embedding.ts';
import { isObject, member, tryParse } from '../canon/exact.ts';
import * as cohere from '../cohere/embed.ts';
import * as gemini from '../gemini/embed.ts';
import * as ollama from '../ollama/embed.ts';
import type { AnswerFacts } from '../openai/answer.ts';
import type { Carried } from './carry.ts';
import type { Lane } from './lane.ts';
import type { EmbedAsked, Rendered, Rendering } from './rendered.ts';

/** Of a format in which servers are asked and answer. */
type EmbedServer = {
  readonly writeAsk: (ask: EmbedAsk, to: WriteTo) => Result<Written, BadAsk>;
  readonly read: (body: Uint8Array) => Embedded | undefined;
};

type EmbedCodec = EmbedServer & {
  readonly readAsk: (body: Json, model: string) => Result<EmbedAsk, BadAsk>;
  readonly isSingle: (body: Json) => boolean;
  /** The body in the form of the path that servers are asked at. */
  readonly fits: (body: Json) => boolean;
  readonly write: (embedded: Embedded, asked: EmbedAsked, model: string) => Uint8Array;
};

const has = (body: Json, name: string): boolean => member(body, name) !== undefined;

const OPENAI: EmbedCodec = {
  readAsk: readOpenaiEmbedAsk,
  isSingle: () => false,
  fits: () => true,
  writeAsk: (ask, to) => yes(writeOpenaiEmbedAsk(ask, to)),
  read: readOpenaiEmbedded,
  write: (embedded, { embed }, model) =>
    writeOpenaiEmbedded(embedded, { model, base64: embed.base64 }),
};

const OLLAMA: EmbedCodec = {
  readAsk: ollama.readEmbedAsk,
  isSingle: (body) => has(body, 'prompt'),
  fits: (body) => !has(body, 'prompt'),
  writeAsk: ollama.writeEmbedAsk,
  read: ollama.readEmbedded,
  write: (embedded, { single }, model) => ollama.writeEmbedded(embedded, { model, single }),
};

const GEMINI: EmbedCodec = {
  readAsk: gemini.readEmbedAsk,
  isSingle: (body) => !has(body, 'requests'),
  fits: () => false,
  writeAsk: (ask, { model }) => gemini.writeEmbedBatch(ask, model),
  read: gemini.readEmbedded,
  write: (embedded, { single }) => gemini.writeEmbedded(embedded, { single }),
};

const CODECS: { readonly [W in Wire]?: EmbedCodec } = {
  openai: OPENAI,
  ollama: OLLAMA,
  gemini: GEMINI,
};

const SERVERS: { readonly [W in ServerWire]?: EmbedServer } = {
  ...CODECS,
  cohere: { writeAsk: cohere.writeEmbedAsk, read: cohere.readEmbedded },
};

export function renderEmbed(
  question: Question,
  lane: Lane,
  how: Rendering,
): Result<Rendered, BadAsk> {
  const pass = (): Result<Rendered, BadAsk> =>
    yes({ body: question.render(how.model, how.askUsage), dropped: [], ask: undefined });
  if (lane.caller === 'openai' && !lane.carried) return pass();
  const from = CODECS[lane.caller];
  const to = SERVERS[lane.upstream];
  const body = tryParse(question.bytes);
  if (from === undefined || to === undefined || !isObject(body)) {
    return no({ param: undefined, message: 'The body is not a JSON object.' });
  }
  if (!lane.carried && from.fits(body)) return pass();
  const read = from.readAsk(body, question.model);
  if (!read.ok) return read;
  const { model, askUsage } = how;
  const written = to.writeAsk(read.value, { model, quirks: lane.quirks, askUsage });
  if (!written.ok) return written;
  const ask: EmbedAsked = { embed: read.value, single: from.isSingle(body) };
  return yes({ body: written.value.body, dropped: [...written.value.dropped].sort(), ask });
}

const NOT_VECTORS: AnswerFacts = {
  model: undefined,
  usage: undefined,
  service: undefined,
  error: false,
  malformed: true,
};

/** An answer of a good status. */
export function carryEmbedded(
  body: Uint8Array,
  lane: Lane,
  { asked, model }: { readonly asked: EmbedAsked; readonly model: string },
): Carried {
  const embedded = SERVERS[lane.upstream]?.read(body);
  const to = CODECS[lane.caller];
  if (embedded === undefined || to === undefined) return { body, facts: NOT_VECTORS, dropped: [] };
  const { inputTokens } = embedded;
  const usage =
    inputTokens === undefined
      ? undefined
      : ({
          inputTokens,
          outputTokens: 0,
          cachedInputTokens: undefined,
          reasoningTokens: undefined,
          source: 'measured',
        } as const);
  return {
    body: to.write(embedded, asked, model),
    facts: { ...NOT_VECTORS, malformed: false, model: embedded.model, usage },
    dropped: [],
  };
}
