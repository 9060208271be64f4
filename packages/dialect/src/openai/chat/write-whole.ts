// A whole answer as this dialect's clients read it.
import { encode } from '../../bytes.ts';
import type { Answer, Dropped, Json, JsonObject } from '../../canon/canon.ts';
import type { AnswerContext, Written } from '../../canon/codec.ts';
import { isObject } from '../../canon/exact.ts';
import type { Body } from './body.ts';
import { droppedExtra } from './extra.ts';
import { writeLogprobs } from './logprobs.ts';
import { imagesOf, writeAnswerMedia } from './media.ts';
import { writeStop } from './stop.ts';
import { thoughtDetails } from './thought-details.ts';
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
  const text = textOf(parts, 'text');
  const refusal = textOf(parts, 'refusal');
  const thoughts = parts.filter((part) => part.kind === 'thought');
  const calls = parts.filter((part) => part.kind === 'call');
  const thought = thoughts.map((part) => part.text).join('');
  const details = thoughtDetails(thoughts);
  const isSilent = text === undefined && (calls.length > 0 || refusal !== undefined);
  const message: Body = {
    role: 'assistant',
    content: isSilent ? null : (text ?? ''),
    refusal: refusal ?? null,
  };
  if (thought !== '') message['reasoning_content'] = thought;
  if (details !== undefined) message['reasoning_details'] = details;
  for (const part of parts) {
    const fields = besideText(part, dropped);
    const images = [...imagesOf(message), ...imagesOf(fields)];
    Object.assign(message, fields, images.length === 0 ? {} : { images });
  }
  if (calls.length > 0) message['tool_calls'] = calls.map((call) => writeCall(call));
  return message;
}

type AnswerPart = Choice['parts'][number];

/** Joined: this dialect has one text. */
function textOf(parts: readonly AnswerPart[], kind: 'text' | 'refusal'): string | undefined {
  const found = parts.flatMap((part) =>
    part.kind === kind && (part.kind === 'text' || part.kind === 'refusal') ? part.text : [],
  );
  return found.length === 0 ? undefined : found.join('');
}

function besideText(part: AnswerPart, dropped: Dropped): JsonObject {
  if (part.kind === 'media') return writeAnswerMedia(part, dropped) ?? {};
  if (part.kind !== 'opaque') return {};
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
