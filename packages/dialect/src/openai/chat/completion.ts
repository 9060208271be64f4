// The older completions, for callers that still speak them: a prompt is one turn of a user, and of
// the answer they get the text. As an upstream they are not asked for anything; their answers are
// read, so that the format can be tested against itself.
import { assert, no, type Result, yes } from '@signalbox/contract';
import { encode } from '../../bytes.ts';
import type { Answer, AnswerEvent, Ask, Dropped, Json, JsonObject } from '../../canon/canon.ts';
import type { AnswerContext, BadAsk, Codec, StreamEncoder, Written } from '../../canon/codec.ts';
import { isObject, member } from '../../canon/exact.ts';
import { ChatDecoder } from './decode.ts';
import { readError } from './errors.ts';
import { Fields } from './fields.ts';
import { writeLegacyLogprobs } from './logprobs.ts';
import { type AskDraft, readModel, readSettings, readUsageWanted, restOfBody } from './read-ask.ts';
import { readWhole } from './read-whole.ts';
import { writeStop } from './stop.ts';
import { writeUsage } from './usage.ts';
import { headOf } from './write-head.ts';
import { writeError } from './write-whole.ts';

const OBJECT = 'text_completion';
/** What is read, or means nothing to a model that chats. */
const READ = new Set([...['model', 'prompt', 'stream', 'echo', 'suffix', 'best_of', 'logprobs']]);

function readAsk(body: Json): Result<Ask, BadAsk> {
  if (!isObject(body)) return no({ param: undefined, message: 'The body must be a JSON object.' });
  const fields = new Fields();
  const ask: AskDraft = {
    model: readModel(body, fields),
    stream: fields.flag(body, 'stream') ?? false,
    usageWanted: readUsageWanted(body, fields),
    system: [],
    turns: [{ role: 'user', parts: [{ kind: 'text', text: readPrompt(body, fields) }] }],
    tools: [],
  };
  const read = new Set([...READ, ...readSettings(body, ask, fields)]);
  const logprobs = fields.whole(body, 'logprobs');
  if (logprobs !== undefined) ask.logprobs = logprobs;
  if (fields.flag(body, 'echo')) fields.bad('echo', `cannot be true ${ELSEWHERE}`);
  if (fields.text(body, 'suffix')) fields.bad('suffix', `must be empty ${ELSEWHERE}`);
  const rest = restOfBody(body, read);
  if (rest !== undefined) ask.extra = { openai: rest };
  return fields.wrong === undefined ? yes(ask) : no(fields.wrong);
}

const ELSEWHERE = 'for a model that only chats';

function readPrompt(body: JsonObject, fields: Fields): string {
  const prompt = member(body, 'prompt');
  const one = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  if (typeof one === 'string') return one;
  fields.bad('prompt', one === undefined ? 'is missing' : `must be one text ${ELSEWHERE}`);
  return '';
}

type Choice = Answer['answers'][number];

function writeWhole(answer: Answer, context: AnswerContext): Written {
  const dropped: Dropped = new Set();
  const choices = answer.answers.map((choice, index) => ({
    text: textOf(choice, dropped),
    index,
    logprobs: writeLegacyLogprobs(choice.logprobs, 0),
    ...writeStop({ ...choice, reason: choice.stop }),
  }));
  const body = {
    ...headOf(answer, OBJECT, context),
    choices,
    ...(answer.usage === undefined ? {} : { usage: writeUsage(answer.usage) }),
    ...(answer.error === undefined ? {} : { error: writeError(answer.error) }),
  };
  return { body: encode(JSON.stringify(body)), dropped };
}

function textOf({ parts }: Choice, dropped: Dropped): string {
  const texts = parts.map((part) => {
    if (part.kind === 'text' || part.kind === 'refusal') return part.text;
    dropped.add(nameOf(part.kind));
    return '';
  });
  return texts.join('');
}

const nameOf = (kind: string): string =>
  kind === 'signature' || kind === 'arguments' ? 'part.call' : `part.${kind}`;

class CompletionEncoder implements StreamEncoder {
  readonly dropped: Dropped = new Set();
  readonly #context: AnswerContext;
  #head: JsonObject | undefined;
  #usage: Json | undefined;
  #isOver = false;
  /** Characters of tokens told so far, by choice. */
  readonly #offsets = new Map<number, number>();

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  push(event: AnswerEvent): Uint8Array {
    assert(!this.#isOver, 'nothing is written after the end of a stream');
    return encode(this.#write(event));
  }

  #write(event: AnswerEvent): string {
    switch (event.kind) {
      case 'start':
        this.#head = headOf(event, OBJECT, this.#context);
        return '';
      case 'text':
      case 'refusal':
        return this.#chunk({ text: event.text, index: event.answer, logprobs: null });
      case 'logprobs':
        return this.#logprobs(event);
      case 'stop': {
        const choice = { text: '', index: event.answer, logprobs: null };
        return this.#chunk({ ...choice, ...writeStop(event) });
      }
      case 'usage':
        this.#usage = writeUsage(event.usage);
        return '';
      case 'error':
        this.#isOver = true;
        return `event: error\ndata: ${JSON.stringify({ error: writeError(event.error) })}\n\n`;
      case 'end':
        this.#isOver = true;
        return `${this.#lastUsage()}data: [DONE]\n\n`;
      default:
        this.dropped.add(nameOf(event.kind));
        return '';
    }
  }

  #logprobs({ answer, tokens }: Extract<AnswerEvent, { kind: 'logprobs' }>): string {
    const offset = this.#offsets.get(answer) ?? 0;
    const length = tokens.reduce((sum, { token }) => sum + token.length, 0);
    this.#offsets.set(answer, offset + length);
    const logprobs = writeLegacyLogprobs(tokens, offset);
    return this.#chunk({ text: '', index: answer, logprobs });
  }

  #chunk(choice: JsonObject): string {
    assert(this.#head !== undefined, 'a stream starts before it says anything');
    const usage = this.#context.usageWanted ? { usage: null } : {};
    const choices = [{ finish_reason: null, ...choice }];
    return `data: ${JSON.stringify({ ...this.#head, choices, ...usage })}\n\n`;
  }

  #lastUsage(): string {
    if (!this.#context.usageWanted || this.#usage === undefined) return '';
    return `data: ${JSON.stringify({ ...this.#head, choices: [], usage: this.#usage })}\n\n`;
  }
}

/** A caller's format alone: nothing is asked of an upstream through it. */
export const completions: Omit<Codec, 'writeAsk'> = {
  wire: 'openai',
  readAsk,
  readWhole,
  writeWhole,
  decoder: () => new ChatDecoder(),
  encoder: (context) => new CompletionEncoder(context),
  readError,
  streamType: 'text/event-stream',
};
