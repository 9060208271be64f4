// Decodes a legacy completion request: one Ask for each prompt, answered side by side.
import type { Ask } from '../ask.ts';
import { choicesMax } from '../ask.ts';
import type { JsonRecord } from '../json.ts';
import { isList, numberAt, recordAt, textAt } from '../json.ts';
import type { Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';
import { stopsFrom, wholeNumberProblem } from './limits.ts';

export type CompletionRequest = {
  readonly asks: readonly Ask[];
  readonly echo: boolean;
  readonly stream: boolean;
  readonly usageInStream: boolean;
};

const promptsMax = 128;
const logprobsMax = 5;
/** What the real service takes when the request does not say. */
const tokensDefault = 16;

export function decodeCompletion(body: JsonRecord): Result<CompletionRequest> {
  if (typeof body['model'] !== 'string' || body['model'] === '') {
    return refuse(invalid('you must provide a model parameter', 'model', null));
  }
  const problem =
    wholeNumberProblem(body, 'max_tokens', 0) ??
    wholeNumberProblem(body, 'n', 1, choicesMax) ??
    wholeNumberProblem(body, 'logprobs', 0, logprobsMax);
  if (problem) return refuse(problem);
  const prompts = promptsFrom(body['prompt'] ?? '', promptsMax);
  if (prompts === undefined) {
    const message = "Invalid type for 'prompt': expected a string, strings, or token lists.";
    return refuse(invalid(message, 'prompt', 'invalid_type'));
  }
  const model = body['model'];
  const asks = prompts.map((prompt) => askFor(body, model, prompt));
  const options = recordAt(body, 'stream_options');
  return accept({
    asks,
    echo: body['echo'] === true,
    stream: body['stream'] === true,
    usageInStream: options?.['include_usage'] === true,
  });
}

/** Texts as they are; token lists as one word a token, since nothing here can read them. */
export function promptsFrom(prompt: unknown, countMax: number): string[] | undefined {
  if (typeof prompt === 'string') return [prompt];
  if (!isList(prompt) || prompt.length === 0) return undefined;
  if (prompt.every((entry) => typeof entry === 'number')) return [tokenText(prompt)];
  if (prompt.length > countMax) return undefined;
  if (prompt.every((entry) => typeof entry === 'string')) return [...prompt];
  if (!prompt.every(isList)) return undefined;
  return prompt.map(tokenText);
}

function tokenText(tokens: readonly unknown[]): string {
  return tokens.map((token) => `t${String(token)}`).join(' ');
}

function askFor(body: JsonRecord, model: string, prompt: string): Ask {
  const suffix = textAt(body, 'suffix');
  const text = suffix === undefined ? prompt : `${prompt}\n${suffix}`;
  return {
    model,
    turns: [{ role: 'user', text, called: [] }],
    tools: [],
    toolChoice: { kind: 'none' },
    parallel: false,
    format: { kind: 'text' },
    tokensMax: numberAt(body, 'max_tokens') ?? tokensDefault,
    stop: stopsFrom(body['stop']),
    choices: numberAt(body, 'n') ?? 1,
    seed: numberAt(body, 'seed'),
    logprobs: numberAt(body, 'logprobs'),
  };
}
