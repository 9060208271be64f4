// Writes Answers as a legacy text completion, whole or in chunks.
import type { Answer, Choice, Usage } from '../answer.ts';
import { idFrom } from '../hash.ts';
import { interleaved } from './chat-reply.ts';
import type { CompletionRequest } from './completion-request.ts';
import type { Frame } from './frame.ts';
import { chatUsage, usageSoFar } from './usage.ts';

const idLength = 29;

/** The choices of all prompts in one numbering, as the real service numbers them. */
export function joinAnswers(answers: readonly [Answer, ...Answer[]]): Answer {
  const choices: Choice[] = [];
  let usage: Usage = { prompt: 0, cached: 0, completion: 0, reasoning: 0 };
  for (const answer of answers) {
    for (const choice of answer.choices) choices.push({ ...choice, index: choices.length });
    usage = {
      prompt: usage.prompt + answer.usage.prompt,
      cached: usage.cached + answer.usage.cached,
      completion: usage.completion + answer.usage.completion,
      reasoning: usage.reasoning + answer.usage.reasoning,
    };
  }
  return { ...answers[0], choices, usage };
}

export function completionBody(answer: Answer, request: CompletionRequest): string {
  return JSON.stringify({
    ...opening(answer),
    choices: answer.choices.map((choice) => ({
      text: echoFor(choice, request) + choice.tokens.join(''),
      index: choice.index,
      logprobs: logprobsFor(choice, 0, choice.tokens.length),
      finish_reason: choice.finish,
    })),
    ...(answer.usageShown === 'none' ? {} : { usage: chatUsage(answer.usage) }),
  });
}

export function* completionFrames(
  answer: Answer,
  request: CompletionRequest,
): Generator<Frame, void, void> {
  const told = request.usageInStream && answer.usageShown !== 'none';
  const always = answer.usageShown === 'every-chunk';
  let sent = 0;
  const chunk = (choice: Choice, text: string, finish: string | null, at?: number): string => {
    const logprobs = at === undefined ? null : logprobsFor(choice, at, at + 1);
    const entry = { text, index: choice.index, logprobs, finish_reason: finish };
    const so = always ? { usage: chatUsage(usageSoFar(answer.usage, sent)) } : {};
    const usage = told && !always ? { usage: null } : so;
    return `data: ${JSON.stringify({ ...opening(answer), choices: [entry], ...usage })}\n\n`;
  };
  for (const choice of answer.choices) {
    const echo = echoFor(choice, request);
    if (echo !== '') yield { kind: 'head', text: chunk(choice, echo, null) };
  }
  for (const [choice, at] of interleaved(answer.choices)) {
    sent += 1;
    yield { kind: 'delta', text: chunk(choice, choice.tokens[at] ?? '', null, at) };
  }
  sent = Number.POSITIVE_INFINITY;
  for (const choice of answer.choices) {
    yield { kind: 'finish', text: chunk(choice, '', choice.finish) };
  }
  if (told && !always) {
    const last = { ...opening(answer), choices: [], usage: chatUsage(answer.usage) };
    yield { kind: 'usage', text: `data: ${JSON.stringify(last)}\n\n` };
  }
  yield { kind: 'done', text: 'data: [DONE]\n\n' };
}

function opening(answer: Answer): object {
  const id = `cmpl-${idFrom(answer.hash, idLength)}`;
  return { id, object: 'text_completion', created: answer.createdS, model: answer.model };
}

function echoFor(choice: Choice, request: CompletionRequest): string {
  if (!request.echo) return '';
  const each = request.asks[0]?.choices ?? 1;
  return request.asks[Math.floor(choice.index / each)]?.turns[0]?.text ?? '';
}

function logprobsFor(choice: Choice, from: number, to: number): object | null {
  if (!choice.logprobs) return null;
  const entries = choice.logprobs.slice(from, to);
  let offset = choice.tokens.slice(0, from).join('').length;
  const text_offset: number[] = [];
  for (const { token } of entries) {
    text_offset.push(offset);
    offset += token.length;
  }
  return {
    tokens: entries.map(({ token }) => token),
    token_logprobs: entries.map(({ logprob }) => logprob),
    top_logprobs: entries.map(({ top_logprobs }) =>
      Object.fromEntries(top_logprobs.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset,
  };
}
