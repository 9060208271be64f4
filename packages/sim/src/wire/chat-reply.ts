// Writes an Answer as a chat completion: one object, or chunks as the real service streams them.
// In a stream, usage comes only when asked for: `"usage":null` on every chunk, then one last chunk
// with empty choices that has it.
import type { Answer, Choice, Usage } from '../answer.ts';
import { idFrom } from '../hash.ts';
import type { ChatRequest } from './chat-request.ts';
import type { Frame } from './frame.ts';

const idLength = 29;
const fingerprint = 'fp_sim0000001';

export function chatBody(answer: Answer): string {
  return JSON.stringify({
    id: chatId(answer),
    object: 'chat.completion',
    created: answer.createdS,
    model: answer.model,
    choices: answer.choices.map((choice) => ({
      index: choice.index,
      message: {
        role: 'assistant',
        content: choice.calls.length > 0 ? null : choice.tokens.join(''),
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: choice.finish,
    })),
    usage: chatUsage(answer.usage),
    service_tier: 'default',
    system_fingerprint: fingerprint,
  });
}

export function* chatFrames(answer: Answer, request: ChatRequest): Generator<Frame, void, void> {
  const open = chunkOpening(answer);
  const close = request.usageInStream ? ',"usage":null}\n\n' : '}\n\n';
  const chunk = (choice: Choice, delta: string, finish: string): string =>
    `${open}[{"index":${choice.index},"delta":${delta},"finish_reason":${finish}}]${close}`;
  for (const choice of answer.choices) {
    const delta = '{"role":"assistant","content":"","refusal":null}';
    yield { kind: 'head', text: chunk(choice, delta, 'null') };
  }
  for (const [choice, at] of interleaved(answer.choices)) {
    const delta = `{"content":${JSON.stringify(choice.tokens[at])}}`;
    yield { kind: 'delta', text: chunk(choice, delta, 'null') };
  }
  for (const choice of answer.choices) {
    yield { kind: 'finish', text: chunk(choice, '{}', `"${choice.finish}"`) };
  }
  if (request.usageInStream) {
    const usage = JSON.stringify(chatUsage(answer.usage));
    yield { kind: 'usage', text: `${open}[],"usage":${usage}}\n\n` };
  }
  yield { kind: 'done', text: 'data: [DONE]\n\n' };
}

/** Choices take turns, one token each, as servers that decode them in one batch send them. */
function* interleaved(choices: readonly Choice[]): Generator<[Choice, number], void, void> {
  const longest = Math.max(0, ...choices.map((choice) => choice.tokens.length));
  for (let at = 0; at < longest; at += 1) {
    for (const choice of choices) if (at < choice.tokens.length) yield [choice, at];
  }
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

function chatUsage(usage: Usage): object {
  return {
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
