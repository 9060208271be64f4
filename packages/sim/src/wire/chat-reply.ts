// Writes an Answer as a chat completion: one object, or chunks as the real service streams them.
// In a stream, usage comes only when asked for: `"usage":null` on every chunk, then one last chunk
// with empty choices that has it. A tool call comes as its id and name with empty arguments, then
// the arguments in fragments.
import type { Answer, Choice } from '../answer.ts';
import { idFrom } from '../hash.ts';
import type { Problem } from '../problem.ts';
import { envelopeOf } from '../problem.ts';
import { tokensOf } from '../tokens.ts';
import type { ChatRequest } from './chat-request.ts';
import type { Frame } from './frame.ts';
import { chatUsage, usageSoFar } from './usage.ts';

const idLength = 29;
export const fingerprint = 'fp_sim0000001';

export function chatBody(answer: Answer): string {
  return JSON.stringify({
    id: chatId(answer),
    object: 'chat.completion',
    created: answer.createdS,
    model: answer.model,
    choices: answer.choices.map((choice) => ({
      index: choice.index,
      message: messageOf(choice),
      logprobs: choice.logprobs ? { content: choice.logprobs, refusal: null } : null,
      finish_reason: choice.finish,
    })),
    ...(answer.usageShown === 'none' ? {} : { usage: chatUsage(answer.usage) }),
    service_tier: 'default',
    system_fingerprint: fingerprint,
  });
}

export function* chatFrames(answer: Answer, request: ChatRequest): Generator<Frame, void, void> {
  const open = chunkOpening(answer);
  const told = request.usageInStream && answer.usageShown !== 'none';
  const always = answer.usageShown === 'every-chunk';
  let sent = 0;
  const chunk = (choice: Choice, delta: string, finish: string, logprobs = ''): string => {
    const usage = always ? JSON.stringify(chatUsage(usageSoFar(answer.usage, sent))) : 'null';
    const close = always || told ? `,"usage":${usage}}\n\n` : '}\n\n';
    const { index } = choice;
    const start = `${open}[{"index":${index},"delta":${delta}${logprobs}`;
    return `${start},"finish_reason":${finish}}]${close}`;
  };
  for (const choice of answer.choices) {
    const content = choice.calls.length > 0 ? 'null' : '""';
    const delta = `{"role":"assistant","content":${content},"refusal":null}`;
    yield { kind: 'head', text: chunk(choice, delta, 'null') };
  }
  for (const [choice, at] of interleaved(answer.choices)) {
    sent += 1;
    const delta = `{"content":${JSON.stringify(choice.tokens[at])}}`;
    yield { kind: 'delta', text: chunk(choice, delta, 'null', logprobsText(choice, at)) };
  }
  for (const choice of answer.choices) {
    for (const delta of callDeltas(choice)) {
      sent += 1;
      yield { kind: 'delta', text: chunk(choice, delta, 'null') };
    }
  }
  sent = Number.POSITIVE_INFINITY;
  for (const choice of answer.choices) {
    yield { kind: 'finish', text: chunk(choice, '{}', JSON.stringify(choice.finish)) };
  }
  if (told && !always) {
    const usage = JSON.stringify(chatUsage(answer.usage));
    yield { kind: 'usage', text: `${open}[],"usage":${usage}}\n\n` };
  }
  yield { kind: 'done', text: 'data: [DONE]\n\n' };
}

/** An error after the first byte, as OpenAI-compatible servers send it. */
export function chatFault(problem: Problem): string {
  return `data: ${envelopeOf(problem)}\n\n`;
}

/** Choices take turns, one token each, as servers that decode them in one batch send them. */
export function* interleaved(
  choices: readonly Choice[],
): Generator<readonly [Choice, number], void, void> {
  const longest = Math.max(0, ...choices.map((choice) => choice.tokens.length));
  for (let at = 0; at < longest; at += 1) {
    for (const choice of choices) if (at < choice.tokens.length) yield [choice, at];
  }
}

function messageOf(choice: Choice): object {
  const base = { role: 'assistant', refusal: null, annotations: [] };
  if (choice.calls.length === 0) return { ...base, content: choice.tokens.join('') };
  const calls = choice.calls.map(({ id, name, input }) => ({
    id,
    type: 'function',
    function: { name, arguments: input },
  }));
  return { ...base, content: null, tool_calls: calls };
}

function* callDeltas(choice: Choice): Generator<string, void, void> {
  for (const [index, { id, name, input }] of choice.calls.entries()) {
    const opening = { index, id, type: 'function', function: { name, arguments: '' } };
    yield JSON.stringify({ tool_calls: [opening] });
    for (const fragment of tokensOf(input)) {
      yield JSON.stringify({ tool_calls: [{ index, function: { arguments: fragment } }] });
    }
  }
}

function logprobsText(choice: Choice, at: number): string {
  const entry = choice.logprobs?.[at];
  return entry ? `,"logprobs":${JSON.stringify({ content: [entry], refusal: null })}` : '';
}

function chunkOpening(answer: Answer): string {
  const model = JSON.stringify(answer.model);
  return (
    `data: {"id":"${chatId(answer)}","object":"chat.completion.chunk",` +
    `"created":${answer.createdS},"model":${model},"service_tier":"default",` +
    `"system_fingerprint":"${fingerprint}","choices":`
  );
}

function chatId(answer: Answer): string {
  return `chatcmpl-${idFrom(answer.hash, idLength)}`;
}
