// Answers decoded questions with the model: plans the answer, waits for a slot, writes what the
// model says. Everything that can be refused is refused before the first byte and before a slot is
// taken.
import type { ServerResponse } from 'node:http';
import { answer } from './answer.ts';
import type { AnswerPart, AnswerPlan, Calls } from './answer-plan.ts';
import { chatEncoder } from './chat-answer.ts';
import { type AnswerShape, type ChatQuestion, readChatQuestion } from './chat-question.ts';
import { completionEncoder } from './completion-answer.ts';
import { readCompletionQuestion } from './completion-question.ts';
import { type Encoder, usageOf } from './encode.ts';
import type { Grammar, Sequence, Token } from './engine.ts';
import { eventStream } from './event-stream.ts';
import { grammarForCall, grammarForObject, grammarForSchema } from './grammar.ts';
import type { JsonObject } from './json.ts';
import type { LoadedModel } from './loaded-model.ts';
import { chatTokens, textTokens } from './prompt.ts';
import { badRequest, busy, contextTooLong, no, type Result, refusal, yes } from './refusal.ts';
import type { Delivery, Manner } from './sampling.ts';
import type { Slots } from './slots.ts';
import { CALL_CLOSES } from './tool-call.ts';

const RETRY_AFTER_MS = 1_000;
/** The mark that opens a required call, the first token of an answer, and one place to spare. */
const TOKENS_RESERVED = 16;

export type Exchange = {
  readonly body: JsonObject;
  readonly response: ServerResponse;
  /** Aborted when the caller has left. */
  readonly signal: AbortSignal;
};

export type Desk = {
  readonly loaded: LoadedModel;
  readonly slots: Slots<Sequence>;
};

type Task = {
  readonly plan: AnswerPlan;
  readonly encoder: Encoder;
  readonly delivery: Delivery;
};

export async function answerChat(desk: Desk, exchange: Exchange): Promise<Result<undefined>> {
  const question = readChatQuestion(exchange.body);
  if (!question.ok) return question;
  const known = checkModel(desk.loaded, question.value.model);
  if (!known.ok) return known;
  const task = await chatTask(desk.loaded, question.value);
  return task.ok ? await perform(desk, task.value, exchange) : task;
}

export async function answerCompletion(desk: Desk, exchange: Exchange): Promise<Result<undefined>> {
  const question = readCompletionQuestion(exchange.body);
  if (!question.ok) return question;
  const { model, prompt, notesTop, manner } = question.value;
  const known = checkModel(desk.loaded, model);
  if (!known.ok) return known;
  const tokens = fitting(desk.loaded, textTokens(desk.loaded, prompt));
  if (!tokens.ok) return tokens;
  const plan = planOf(desk.loaded, tokens.value, manner);
  const task = {
    plan: { ...plan, notesTop },
    encoder: completionEncoder(desk.loaded.id, notesTop !== undefined),
    delivery: manner.delivery,
  };
  return await perform(desk, task, exchange);
}

export function checkModel(loaded: LoadedModel, asked: string | undefined): Result<undefined> {
  if (asked === undefined || asked === loaded.id) return yes(undefined);
  return no(refusal(404, 'model_not_found', `this server has one model: ${loaded.id}`));
}

async function chatTask(loaded: LoadedModel, question: ChatQuestion): Promise<Result<Task>> {
  const { conversation, toolChoice, notesTop, manner } = question;
  const tokens = fitting(loaded, chatTokens(loaded, conversation));
  if (!tokens.ok) return tokens;
  const shape = await shapeGrammar(loaded, question.shape);
  if (!shape.ok) return shape;
  const calls = await callGrammar(loaded, toolChoice);
  if (!calls.ok) return calls;
  const plan = planOf(loaded, tokens.value, manner);
  return yes({
    plan: { ...plan, notesTop, shape: shape.value, calls: calls.value },
    encoder: chatEncoder(loaded.id, notesTop !== undefined),
    delivery: manner.delivery,
  });
}

function planOf(loaded: LoadedModel, prompt: readonly Token[], manner: Manner): AnswerPlan {
  const room = loaded.contextTokens - prompt.length;
  return {
    prompt,
    sampling: manner.sampling,
    tokensMax: Math.min(manner.tokensMax ?? room, room),
    stops: manner.stops,
    notesTop: undefined,
    shape: undefined,
    calls: undefined,
  };
}

function fitting(loaded: LoadedModel, tokens: Result<Token[]>): Result<Token[]> {
  if (!tokens.ok || tokens.value.length + TOKENS_RESERVED <= loaded.contextTokens) return tokens;
  return no(contextTooLong(tokens.value.length, loaded.contextTokens));
}

async function shapeGrammar(
  loaded: LoadedModel,
  shape: AnswerShape,
): Promise<Result<Grammar | undefined>> {
  if (shape.kind === 'free') return yes(undefined);
  const param = 'response_format';
  if (shape.kind === 'object') return await compiled(loaded, grammarForObject(), param);
  const text = grammarForSchema({ schema: shape.schema, strict: shape.strict, param });
  return text.ok ? await compiled(loaded, text.value, param) : text;
}

async function callGrammar(
  loaded: LoadedModel,
  { tools, required, several }: ChatQuestion['toolChoice'],
): Promise<Result<Calls | undefined>> {
  if (tools.length === 0) return yes(undefined);
  const text = grammarForCall(tools, CALL_CLOSES);
  if (!text.ok) return text;
  const grammar = await compiled(loaded, text.value, 'tools');
  return grammar.ok ? yes({ grammar: grammar.value, required, several }) : grammar;
}

/** A grammar may be well-formed and still not be one that the engine can follow: `a = a`. */
async function compiled(
  loaded: LoadedModel,
  text: string,
  param: string,
): Promise<Result<Grammar>> {
  try {
    return yes(await loaded.grammar(text));
  } catch {
    return no(badRequest('schema_unsupported', 'the engine cannot follow this schema', param));
  }
}

async function perform(desk: Desk, task: Task, exchange: Exchange): Promise<Result<undefined>> {
  const lease = await desk.slots.acquire(exchange.signal);
  if (lease === 'full') return no(busy(RETRY_AFTER_MS));
  if (lease === 'left') return yes(undefined);
  try {
    const parts = answer(desk.loaded, lease.held, task.plan, exchange.signal);
    if (task.delivery.kind === 'whole') await writeWhole(task, parts, exchange);
    else await writeStream(task, parts, exchange, task.delivery.usage);
  } finally {
    lease.release();
  }
  return yes(undefined);
}

async function writeWhole(
  { plan, encoder }: Task,
  parts: AsyncIterable<AnswerPart>,
  { response, signal }: Exchange,
): Promise<void> {
  const said: AnswerPart[] = [];
  for await (const part of parts) said.push(part);
  const last = said.at(-1);
  if (signal.aborted || last?.kind !== 'end') return;
  const usage = usageOf(plan.prompt.length, last.tokensSaid);
  const text = JSON.stringify(encoder.whole(said, usage));
  response.writeHead(200, { 'content-type': 'application/json' }).end(text);
}

async function writeStream(
  { plan, encoder }: Task,
  parts: AsyncIterable<AnswerPart>,
  { response, signal }: Exchange,
  withUsage: boolean,
): Promise<void> {
  const stream = eventStream(response);
  try {
    for (const chunk of encoder.opening()) await stream.send(chunk);
    for await (const part of parts) {
      for (const chunk of encoder.chunks(part)) await stream.send(chunk);
      if (part.kind !== 'end') continue;
      if (withUsage) {
        await stream.send(encoder.usageChunk(usageOf(plan.prompt.length, part.tokensSaid)));
      }
      stream.done();
    }
  } catch (cause) {
    if (!response.headersSent || signal.aborted) throw cause;
    stream.fail(refusal(500, 'internal', 'the model stopped in the middle of its answer'));
  }
}
