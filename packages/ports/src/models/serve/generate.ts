// Lets the model speak, token by token, until it ends by itself, a limit is reached or the caller
// has left. Leaving is noticed between two steps of the engine, so steps must be short: a long
// prompt is read in slices whose size follows the machine, one step is one slice or one token.
import type { GrammarState, Model, Sequence, Token } from './engine.ts';
import type { LoadedModel } from './loaded-model.ts';
import { noteOf, type TokenNote } from './notes.ts';

const SLICE_TOKENS_MIN = 8;
const SLICE_TOKENS_FIRST = 32;
const SLICE_TOKENS_MAX = 512;
/** A slice that takes longer is halved, one that takes half of it is doubled. */
const SLICE_MS = 80;

/** A character has at most four bytes; more tokens without one are not a character any more. */
const TOKENS_PER_CHARACTER_MAX = 6;
/** What the tokenizer needs to see to know whether a space belongs between two tokens. */
const TOKENS_BEFORE = 4;
const PENALTY_TOKENS_MAX = 256;

export type Sampling = {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  /** 0 is all. */
  readonly topK: number;
  readonly minP: number;
  readonly seed: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
};

export type Utterance = {
  readonly prompt: readonly Token[];
  readonly sampling: Sampling;
  readonly tokensMax: number;
  /** How many alternatives to name for each token; undefined when nobody asked how sure it was. */
  readonly notesTop: number | undefined;
  /** What restricts the next token now; asked before every token. */
  readonly grammar: () => GrammarState | undefined;
  /** Whether a token is shown as written even if it is one that steers. */
  readonly shown: (token: Token) => boolean;
};

export type Step =
  | { readonly kind: 'token'; readonly text: string; readonly note: TokenNote | undefined }
  | { readonly kind: 'end'; readonly reason: 'stop' | 'length'; readonly text: string };

/** Ends without an `end` step when the signal says that nobody listens any more. */
export async function* generate(
  { model, steps }: Pick<LoadedModel, 'model' | 'steps'>,
  sequence: Sequence,
  utterance: Utterance,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  await steps.during(sequence.clearHistory());
  const rest = await readPrompt({ sequence, steps }, utterance.prompt, signal);
  if (rest === undefined) return;
  const text = textOf(model, utterance);
  const said: Token[] = [];
  const drawn = sequence.evaluateWithMetadata(
    rest,
    wanted(utterance),
    options(utterance.sampling, said, utterance.grammar),
  );
  try {
    while (!signal.aborted) {
      if (said.length >= utterance.tokensMax || isFull(sequence)) {
        yield { kind: 'end', reason: 'length', text: text.flush() };
        return;
      }
      const next = await steps.during(drawn.next());
      if (signal.aborted) return;
      if (next.done === true) {
        yield { kind: 'end', reason: 'stop', text: text.flush() };
        return;
      }
      said.push(next.value.token);
      yield {
        kind: 'token',
        text: text.push(next.value.token),
        note:
          utterance.notesTop === undefined
            ? undefined
            : noteOf(next.value, utterance.sampling.temperature, utterance.notesTop, text.alone),
      };
    }
  } finally {
    await steps.during(drawn.return());
    // Nothing of one caller's text stays where another caller's begins.
    await steps.during(sequence.clearHistory());
  }
}

/** One place stays free: the engine would silently drop the beginning to make room. */
function isFull(sequence: Sequence): boolean {
  return sequence.nextTokenIndex + 1 >= sequence.contextSize;
}

/** Reads all but the last slice and returns that one, or undefined when the caller has left. */
async function readPrompt(
  { sequence, steps }: { readonly sequence: Sequence; readonly steps: LoadedModel['steps'] },
  prompt: readonly Token[],
  signal: AbortSignal,
): Promise<readonly Token[] | undefined> {
  let size = SLICE_TOKENS_FIRST;
  let at = 0;
  while (prompt.length - at > size) {
    if (signal.aborted) return undefined;
    const begin = performance.now();
    const slice = prompt.slice(at, at + size);
    await steps.during(sequence.evaluateWithoutGeneratingNewTokens(slice));
    at += size;
    const tookMs = performance.now() - begin;
    if (tookMs > SLICE_MS) size = Math.max(SLICE_TOKENS_MIN, Math.floor(size / 2));
    else if (tookMs < SLICE_MS / 2) size = Math.min(SLICE_TOKENS_MAX, size * 2);
  }
  return signal.aborted ? undefined : prompt.slice(at);
}

function wanted({ notesTop, sampling }: Utterance): {
  readonly confidence?: boolean;
  readonly probabilities?: boolean;
} {
  if (notesTop === undefined) return {};
  // The list of all tokens is long; when greedy and without alternatives one number says it all.
  return notesTop === 0 && sampling.temperature === 0
    ? { confidence: true }
    : { probabilities: true };
}

function options(
  sampling: Sampling,
  said: readonly Token[],
  grammar: Utterance['grammar'],
): Parameters<Sequence['evaluateWithMetadata']>[2] {
  const { temperature, topP, topK, minP, seed, frequencyPenalty, presencePenalty } = sampling;
  const plain = { temperature, topP, topK, minP, seed, grammarEvaluationState: grammar };
  if (frequencyPenalty === 0 && presencePenalty === 0) return plain;
  const repeatPenalty = {
    punishTokens: () => said.slice(-PENALTY_TOKENS_MAX),
    maxPunishTokens: PENALTY_TOKENS_MAX,
    penalty: 1,
    frequencyPenalty,
    presencePenalty,
  };
  return { ...plain, repeatPenalty };
}

type TextOf = {
  /** The text that this token completes; empty while a character is incomplete. */
  readonly push: (token: Token) => string;
  readonly flush: () => string;
  /** One token by itself, for the notes. */
  readonly alone: (token: Token) => string;
};

function textOf(model: Model, { prompt, shown }: Utterance): TextOf {
  let before = prompt.slice(-TOKENS_BEFORE);
  let pending: Token[] = [];

  function read(): string {
    return model.detokenize(pending, pending.some(shown), before);
  }

  function take(text: string): string {
    before = [...before, ...pending].slice(-TOKENS_BEFORE);
    pending = [];
    return text;
  }

  return {
    push(token) {
      pending.push(token);
      const text = read();
      const incomplete = text.endsWith('\uFFFD') && pending.length < TOKENS_PER_CHARACTER_MAX;
      return incomplete ? '' : take(text);
    },
    flush: () => (pending.length === 0 ? '' : take(read())),
    alone: (token) => model.detokenize([token], true),
  };
}
