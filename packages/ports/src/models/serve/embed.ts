// Answers `/v1/embeddings`: one vector of length one for each text, in order.

import { readEmbeddingQuestion } from './completion-question.ts';
import { checkModel, type Exchange } from './desk.ts';
import type { Token } from './engine.ts';
import type { LoadedModel } from './loaded-model.ts';
import { textTokens } from './prompt.ts';
import { busy, contextTooLong, no, type Result, yes } from './refusal.ts';
import type { Slots } from './slots.ts';

const RETRY_AFTER_MS = 1_000;
/** The engine adds a beginning and an end where the model wants them. */
const TOKENS_RESERVED = 2;

export type EmbeddingDesk = {
  readonly loaded: LoadedModel;
  /** One: the engine computes one vector at a time. */
  readonly turns: Slots<'turn'>;
};

export async function answerEmbeddings(
  { loaded, turns }: EmbeddingDesk,
  { body, response, signal }: Exchange,
): Promise<Result<undefined>> {
  const question = readEmbeddingQuestion(body);
  if (!question.ok) return question;
  const { model, inputs, encoding } = question.value;
  const known = checkModel(loaded, model);
  if (!known.ok) return known;
  const texts: Token[][] = [];
  for (const input of inputs) {
    const tokens = textTokens(loaded, input);
    if (!tokens.ok) return tokens;
    if (tokens.value.length + TOKENS_RESERVED > loaded.embeddingTokensMax) {
      return no(contextTooLong(tokens.value.length, loaded.embeddingTokensMax));
    }
    texts.push(tokens.value);
  }
  const turn = await turns.acquire(signal);
  if (turn === 'full') return no(busy(RETRY_AFTER_MS));
  if (turn === 'left') return yes(undefined);
  try {
    const vectors = await embed(loaded, texts, signal);
    if (signal.aborted) return yes(undefined);
    const data = vectors.map((vector, index) => {
      const embedding = encoding === 'base64' ? base64Of(vector) : vector;
      return { object: 'embedding', index, embedding };
    });
    const prompt_tokens = texts.reduce((sum, tokens) => sum + tokens.length, 0);
    const usage = { prompt_tokens, total_tokens: prompt_tokens };
    const text = JSON.stringify({ object: 'list', data, model: loaded.id, usage });
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    return yes(undefined);
  } finally {
    turn.release();
  }
}

async function embed(
  { embeddings, steps }: LoadedModel,
  texts: readonly Token[][],
  signal: AbortSignal,
): Promise<readonly (readonly number[])[]> {
  const context = await steps.during(embeddings());
  const vectors: (readonly number[])[] = [];
  for (const tokens of texts) {
    if (signal.aborted) break;
    const { vector } = await steps.during(context.getEmbeddingFor([...tokens]));
    vectors.push(ofLengthOne(vector));
  }
  return vectors;
}

/** As OpenAI gives them, so that a dot product is the cosine. */
function ofLengthOne(vector: readonly number[]): readonly number[] {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes.toString('base64');
}
