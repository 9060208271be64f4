// A whole answer as this dialect's clients read it.
import { encode } from '../../bytes.ts';
import type { Answer, Dropped, Json, JsonObject } from '../../canon/canon.ts';
import type { AnswerContext, Written } from '../../canon/codec.ts';
import { isObject, listIn } from '../../canon/exact.ts';
import type { Body } from './body.ts';
import { droppedExtra } from './extra.ts';
import { writeLogprobs } from './logprobs.ts';
import { writeAnswerMedia } from './media.ts';
import { thoughtDetails } from './places.ts';
import { writeStop } from './stop.ts';
import { writeUsage } from './usage.ts';
import { headOf, serviceOf } from './write-head.ts';

type Choice = Answer['answers'][number];

export function writeWhole(answer: Answer, context: AnswerContext): Written {
  const dropped = new Set<string>();
  droppedExtra(answer.extra, dropped);
  const choices = answer.answers.map((choice, index) => ({
    index,
    message: writeMessage(choice, dropped),
    logprobs: writeLogprobs(choice.logprobs),
    ...writeStop({ ...choice, reason: choice.stop }),
  }));
  const body = {
    ...headOf(answer, 'chat.completion', context),
    choices,
    ...(answer.usage === undefined ? {} : { usage: writeUsage(answer.usage) }),
    ...serviceOf(answer),
    ...(answer.error === undefined ? {} : { error: writeError(answer.error) }),
  };
  return { body: encode(JSON.stringify(body)), dropped };
}

export const writeError = ({ message, kind, type }: NonNullable<Answer['error']>): JsonObject => ({
  message,
  type: type ?? kind,
  code: kind,
  param: null,
});

function writeMessage({ parts }: Choice, dropped: Dropped): JsonObject {
  const message: Body = { role: 'assistant' };
  const said = saidIn(parts);
  const calls = parts.findIndex(({ kind }) => kind === 'call');
  const isCallFirst = calls >= 0 && parts.findIndex(({ kind }) => kind === 'text') > calls;
  if (!isCallFirst) Object.assign(message, said);
  const thoughts = parts.filter((part) => part.kind === 'thought');
  const thought = thoughts.map((part) => part.text).join('');
  const details = thoughtDetails(parts, thoughts);
  if (thought !== '') message['reasoning_content'] = thought;
  if (details !== undefined) message['reasoning_details'] = details;
  for (const part of parts) {
    for (const [key, value] of Object.entries(besideText(part, dropped))) {
      const before = message[key];
      message[key] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
    }
  }
  if (isCallFirst) Object.assign(message, said);
  return message;
}

type AnswerPart = Choice['parts'][number];

/** One string; a list only where parts stand between texts that no other dialect has. */
function saidIn(parts: readonly AnswerPart[]): JsonObject {
  const refusal = textOf(parts, 'refusal') ?? null;
  const typed = parts.flatMap((part) => {
    if (part.kind === 'text') return [{ type: 'text', text: part.text }];
    return contentIn(part) ?? [];
  });
  if (parts.some((part) => contentIn(part) !== undefined)) return { content: typed, refusal };
  const text = textOf(parts, 'text');
  const isSilent = refusal !== null || parts.some(({ kind }) => kind === 'call');
  return { content: text ?? (isSilent ? null : ''), refusal };
}

function contentIn(part: AnswerPart): readonly Json[] | undefined {
  return part.kind === 'opaque' && part.wire === 'openai'
    ? listIn(part.value, 'content')
    : undefined;
}

/** Joined: this dialect has one text. */
function textOf(parts: readonly AnswerPart[], kind: 'text' | 'refusal'): string | undefined {
  const found = parts.flatMap((part) =>
    part.kind === kind && (part.kind === 'text' || part.kind === 'refusal') ? part.text : [],
  );
  return found.length === 0 ? undefined : found.join('');
}

function besideText(part: AnswerPart, dropped: Dropped): JsonObject {
  if (part.kind === 'call') return { tool_calls: [writeCall(part)] };
  if (part.kind === 'media') return writeAnswerMedia(part, dropped) ?? {};
  if (part.kind !== 'opaque' || contentIn(part) !== undefined) return {};
  if (part.wire === 'openai' && isObject(part.value)) return part.value;
  dropped.add('part.opaque');
  return {};
}

type Call = Extract<AnswerPart, { kind: 'call' }>;

function writeCall({ id, name, arguments: text, signature }: Call): Json {
  const call = { id, type: 'function', function: { name, arguments: text } };
  return signature === undefined ? call : { ...call, ...signedCall(signature) };
}

export const signedCall = (signature: string): JsonObject => ({
  extra_content: { google: { thought_signature: signature } },
});
