// What property tests of every codec draw from: asks, answers, their events in any pieces, and
// bytes in any chunks. Traits restrict what may occur to what a wire carries. Everything drawn is
// in normal form, so that a codec may be compared with `deepEqual`:
// - an optional field that is not said is absent, never undefined;
// - texts, arguments and thoughts are not empty, and two parts of a mergeable kind (text, refusal)
//   never stand side by side;
// - the results of one assistant turn's calls are one `tool` turn, in the order of the calls,
//   whatever number of messages the wire makes of them;
// - instructions stand in `system`, never in a turn, unless `systemTurns` says so.
// Asks are in `arbitrary-ask.fixture.ts`.
import fc from 'fast-check';
import type {
  Answer,
  AnswerEvent,
  Media,
  Part,
  StopReason,
  Thought,
  TokenLogprob,
  ToolCall,
} from './canon.ts';
import { unfold } from './fold.ts';

type Draw<T> = fc.Arbitrary<T>;
export type AnswerPart = Answer['answers'][number]['parts'][number];
export type PartKind = 'thought' | 'text' | 'refusal' | 'call' | 'media' | 'sealed';

export type MediaTraits = {
  readonly media: readonly Media['medium'][];
  readonly sources: readonly Media['source']['kind'][];
  /** Mime type of a medium; default: one that fits it. Undefined: the wire does not say it. */
  readonly type?: (medium: Media['medium'], source: Media['source']['kind']) => string | undefined;
  readonly named?: boolean;
};

export type AnswerTraits = {
  /** Kinds that may occur. Default: thought, text, call. */
  readonly parts?: readonly PartKind[];
  /** Parts come grouped in the order of `parts`. Default: any order. */
  readonly grouped?: boolean;
  /** Kinds of which one answer has at most one. Default: none. */
  readonly single?: readonly PartKind[];
  /** Thoughts carry signatures. `always`: every one; default: some. */
  readonly thoughtSignature?: 'always' | 'some' | 'never';
  /** Calls carry signatures. Default: never. */
  readonly callSignature?: 'some' | 'never';
  readonly callId?: Draw<string>;
  readonly arguments?: ArgumentTraits;
  readonly media?: MediaTraits;
  /** Choices of one answer, at most. Default 1. */
  readonly answersMax?: number;
  readonly logprobs?: boolean;
  /** Reasons without calls; with calls it is always `tools`. Default: end, length. */
  readonly stops?: readonly StopReason[];
  /** Stop sequences are told. */
  readonly sequence?: boolean;
  /** Default: `whole`. `never`: absent. */
  readonly usage?: 'whole' | 'bare' | 'never';
  readonly cacheWrite?: boolean;
  readonly service?: boolean;
  readonly id?: Draw<string | undefined>;
  /** Undefined where the wire has no time. */
  readonly created?: Draw<number | undefined>;
};

/** `object`: in the text that `JSON.stringify` makes, as object dialects give it back. */
export type ArgumentTraits = 'object' | 'verbatim';

const EDGES = ['\n', '\r\n', 'data: [DONE]', '\u2028', '"', '\\', '{', '</think>', '日本', '😀'];
const sized = { size: 'small' } as const;

/** Never empty, always well-formed Unicode. */
export const words: Draw<string> = fc.oneof(
  fc.string({ ...sized, minLength: 1, unit: 'grapheme' }),
  fc.string({ ...sized, minLength: 1, unit: 'binary' }),
  fc.array(fc.constantFrom('a ', 'the ', ...EDGES), { minLength: 1, maxLength: 6 }).map(joined),
);
function joined(pieces: readonly string[]): string {
  return pieces.join('');
}
export const identifier: Draw<string> = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,15}$/);
export const callIds: Draw<string> = fc.stringMatching(/^(call|toolu)_[a-zA-Z0-9]{6,12}$/);
export const base64: Draw<string> = fc
  .uint8Array({ minLength: 1, maxLength: 24 })
  .map((bytes) => btoa(String.fromCharCode(...bytes)));
const count: Draw<number> = fc.nat({ max: 1_000_000 });

/** JSON text of an object; some hold numbers that a double cannot. */
export function argumentTexts(traits: ArgumentTraits): Draw<string> {
  const value = fc.dictionary(identifier, fc.jsonValue({ maxDepth: 2, noUnicodeString: false }), {
    maxKeys: 4,
  });
  const compact = value.map((one) => JSON.stringify(one));
  const exact = fc.constantFrom('{"id":12345678901234567890}', '{"x":1e400}', '{}');
  if (traits === 'object') return fc.oneof({ weight: 5, arbitrary: compact }, exact);
  const spaced = value.map((one) => JSON.stringify(one, null, 1));
  const broken = fc.constantFrom('{"city": "Ber', '{', '{"n": 1.0 }');
  return fc.oneof({ weight: 4, arbitrary: compact }, spaced, exact, broken);
}

const TYPES = {
  image: 'image/png',
  audio: 'audio/wav',
  video: 'video/mp4',
  file: 'application/pdf',
} as const;

export function media(traits: MediaTraits): Draw<Media> {
  const { named = false } = traits;
  const shape = fc.tuple(fc.constantFrom(...traits.media), fc.constantFrom(...traits.sources));
  return fc.tuple(shape, base64, identifier).map(([[medium, kind], data, word]) => {
    const type = (traits.type ?? ((one) => (kind === 'base64' ? TYPES[one] : undefined)))(
      medium,
      kind,
    );
    const url = `https://media.example/${word}`;
    const source: Media['source'] =
      kind === 'base64' ? { kind, data } : kind === 'url' ? { kind, url } : { kind, id: word };
    return {
      kind: 'media',
      medium,
      source,
      ...(type === undefined ? {} : { type }),
      ...(named && medium === 'file' ? { name: `${word}.pdf` } : {}),
    };
  });
}

const signatures: Draw<string> = base64;
const text: Draw<Part> = words.map((one) => ({ kind: 'text', text: one }));
const refusal: Draw<AnswerPart> = words.map((one) => ({ kind: 'refusal', text: one }));
const sealed: Draw<Thought> = base64.map((one) => ({ kind: 'thought', text: '', sealed: one }));

export function thoughts(signed: 'always' | 'some' | 'never'): Draw<Thought> {
  const plain: Draw<Thought> = words.map((one) => ({ kind: 'thought', text: one }));
  const withSignature = fc.tuple(plain, signatures).map(([one, signature]) => ({
    ...one,
    signature,
  }));
  if (signed === 'always') return withSignature;
  return signed === 'never' ? plain : fc.oneof(plain, withSignature);
}

type CallTraits = Pick<AnswerTraits, 'callId' | 'callSignature' | 'arguments'>;

export function calls(traits: CallTraits): Draw<ToolCall> {
  const { callId = callIds, callSignature = 'never', arguments: kind = 'verbatim' } = traits;
  const plain = fc.record({ id: callId, name: identifier, arguments: argumentTexts(kind) });
  const signature = callSignature === 'some' ? fc.option(signatures) : fc.constant(null);
  return fc.tuple(plain, signature).map(([call, signed]) => ({
    kind: 'call',
    ...call,
    ...(signed === null ? {} : { signature: signed }),
  }));
}

const DEFAULT_PARTS: readonly PartKind[] = ['thought', 'text', 'call'];

function partOf(kind: PartKind, traits: AnswerTraits): Draw<AnswerPart> {
  switch (kind) {
    case 'text':
      return text;
    case 'refusal':
      return refusal;
    case 'sealed':
      return sealed;
    case 'thought':
      return thoughts(traits.thoughtSignature ?? 'some');
    case 'call':
      return calls(traits);
    case 'media':
      return media(traits.media ?? { media: ['image'], sources: ['base64'] });
  }
}

/** No other kinds are drawn. */
const kindOf = (part: AnswerPart): PartKind =>
  part.kind === 'thought' && part.sealed !== undefined ? 'sealed' : (part.kind as PartKind);
/** Of these, two side by side cannot be told from one. */
const MERGEABLE = new Set<PartKind>(['text', 'refusal']);

export function answerParts(traits: AnswerTraits): Draw<readonly AnswerPart[]> {
  const { parts = DEFAULT_PARTS, grouped = false, single = [] } = traits;
  const one = fc.oneof(...parts.map((kind) => partOf(kind, traits)));
  return fc.array(one, { maxLength: 5 }).map((drawn) => {
    const kept: AnswerPart[] = [];
    const ids = new Set<string>();
    const rank = (part: AnswerPart): number => parts.indexOf(kindOf(part));
    const ordered = grouped ? drawn.toSorted((a, b) => rank(a) - rank(b)) : drawn;
    for (const part of ordered) {
      const kind = kindOf(part);
      const before = kept.at(-1);
      if (before !== undefined && MERGEABLE.has(kind) && kindOf(before) === kind) continue;
      if (single.includes(kind) && kept.some((other) => kindOf(other) === kind)) continue;
      if (part.kind === 'call' && ids.has(part.id)) continue;
      if (part.kind === 'call') ids.add(part.id);
      kept.push(part);
    }
    return kept;
  });
}

// `+ 0`: JSON has no -0.
const logprob = fc.record(
  {
    token: words,
    logprob: fc.double({ max: 0, min: -100, noNaN: true }).map((one) => one + 0),
    bytes: fc.array(fc.nat({ max: 255 }), { maxLength: 4 }),
  },
  { noNullPrototype: true },
);
const tokenLogprob: Draw<TokenLogprob> = fc
  .tuple(logprob, fc.array(logprob, { maxLength: 2 }))
  .map(([token, top]) => ({ ...token, top }));

function choice(traits: AnswerTraits): Draw<Answer['answers'][number]> {
  const { stops = ['end', 'length'], logprobs = false, sequence = false } = traits;
  return fc
    .record({
      parts: answerParts(traits),
      logprobs: logprobs ? fc.array(tokenLogprob, { maxLength: 3 }) : fc.constant([]),
      stop: fc.constantFrom(...stops),
      sequence: words,
    })
    .map(({ sequence: met, stop: drawn, ...rest }) => {
      const stop = rest.parts.some((part) => part.kind === 'call') ? 'tools' : drawn;
      const said = sequence && stop === 'stop_sequence' ? { sequence: met } : {};
      return { ...rest, stop, ...said };
    });
}

function usage(traits: AnswerTraits): Draw<Answer['usage']> {
  const { usage: kind = 'whole', cacheWrite = false } = traits;
  if (kind === 'never') return fc.constant(undefined);
  return fc
    .tuple(count, count, count, count, count)
    .map(([input, output, cached, thought, wrote]) => ({
      inputTokens: input + cached + (cacheWrite ? wrote : 0),
      outputTokens: output + thought,
      cachedInputTokens: kind === 'whole' ? cached : undefined,
      reasoningTokens: kind === 'whole' ? thought : undefined,
      source: 'measured',
      ...(cacheWrite ? { cacheWriteTokens: wrote } : {}),
    }));
}

/** Whole answers that ended well. */
export function answers(traits: AnswerTraits = {}): Draw<Answer> {
  return fc.record(
    {
      id: traits.id ?? identifier,
      model: identifier,
      created: traits.created ?? fc.nat({ max: 2_000_000_000 }),
      answers: fc.array(choice(traits), { minLength: 1, maxLength: traits.answersMax ?? 1 }),
      usage: usage(traits),
      service: traits.service ? fc.option(identifier, { nil: undefined }) : fc.constant(undefined),
      error: fc.constant(undefined),
      ended: fc.constant(true),
    },
    { noNullPrototype: true },
  );
}

/** The events of an answer with texts, thoughts and arguments in pieces, cut by `seed`. */
export function inPieces(answer: Answer, seed: number): readonly AnswerEvent[] {
  const next = random(seed);
  const pieces = (whole: string): readonly string[] => {
    const letters = [...whole];
    const out: string[] = [];
    for (let at = 0; at < letters.length; ) {
      const end = at + 1 + (next() % 8);
      out.push(letters.slice(at, end).join(''));
      at = end;
    }
    return out.length === 0 ? [''] : out;
  };
  return unfold(answer).flatMap((event): readonly AnswerEvent[] =>
    'text' in event ? pieces(event.text).map((one) => ({ ...event, text: one })) : [event],
  );
}

/** The bytes in chunks: of one byte for seed 0, else cut by it. Also through characters. */
export function inChunks(bytes: Uint8Array, seed: number): readonly Uint8Array[] {
  const next = random(seed);
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + (seed === 0 ? 0 : next() % 96);
    out.push(bytes.subarray(at, end));
    at = end;
  }
  return out;
}

/** The same stream as a server that ends its lines with CRLF writes it. */
export function withReturns(bytes: Uint8Array): Uint8Array {
  const lines = new TextDecoder().decode(bytes).replaceAll('\n', '\r\n');
  return new TextEncoder().encode(lines);
}

/** Numbers from 0, the same for the same seed (xorshift32). */
function random(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
