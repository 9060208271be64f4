// Whole answers of this dialect into events, and back.
import { encode } from '../bytes.ts';
import type { Answer, AnswerEvent, Dropped, Json } from '../canon/canon.ts';
import type { AnswerContext, Written } from '../canon/codec.ts';
import { isObject, listIn, member, textIn } from '../canon/exact.ts';
import { Numbering, readBlock, writeBlocks } from './block.ts';
import { readErrorIn, writeError } from './errors.ts';
import { readStop, type Stop, writeStop } from './stop.ts';
import { readUsage, writeUsage } from './usage.ts';

const OK = 200;

export function readWhole(body: Json): readonly AnswerEvent[] {
  const content = listIn(body, 'content');
  if (!isObject(body) || body['type'] === 'error' || content === undefined) {
    const isTold = isObject(body) && (member(body, 'error') ?? null) !== null;
    if (isTold) return [{ kind: 'error', error: readErrorIn(body, OK) }];
    const message = 'an answer that is no message: it has no list of content';
    return [{ kind: 'error', error: { kind: 'internal', message } }];
  }
  const id = textIn(body, 'id') || undefined;
  const model = textIn(body, 'model') || undefined;
  const events: AnswerEvent[] = [{ kind: 'start', id, model, created: undefined }];
  const numbering = new Numbering();
  for (const block of content) events.push(...readBlock(block, numbering));
  const stopped = readStop(body);
  if (stopped !== undefined) events.push(...stopEvents(stopped, numbering));
  const told = readUsage(body['usage']);
  if (told !== undefined) events.push({ kind: 'usage', ...told });
  events.push({ kind: 'end' });
  return events;
}

export function stopEvents(
  { stop, refusal }: { readonly stop: Stop; readonly refusal: string | undefined },
  numbering: Numbering,
): readonly AnswerEvent[] {
  const end: AnswerEvent = { kind: 'stop', answer: 0, ...stop };
  if (refusal === undefined) return [end];
  return [{ kind: 'refusal', answer: 0, part: numbering.take(), text: refusal }, end];
}

export function writeWhole(answer: Answer, context: AnswerContext): Written {
  const dropped: Dropped = new Set();
  if (answer.error !== undefined) return { body: writeError(answer.error), dropped };
  const [first, ...others] = answer.answers;
  if (others.length > 0) dropped.add('answers');
  if (answer.answers.some(({ logprobs }) => logprobs.length > 0)) dropped.add('logprobs');
  const parts = first?.parts ?? [];
  const refusals = parts.flatMap((part) => (part.kind === 'refusal' ? [part.text] : []));
  const stop: Stop | undefined =
    first?.stop === undefined
      ? undefined
      : {
          reason: first.stop,
          ...(first.sequence === undefined ? {} : { sequence: first.sequence }),
          ...(first.native === undefined ? {} : { native: first.native }),
        };
  const message = {
    id: answer.id ?? context.id,
    type: 'message',
    role: 'assistant',
    model: answer.model ?? context.model,
    content: writeBlocks(parts, (name) => void dropped.add(name)),
    ...writeStop(stop, refusals.length === 0 ? undefined : refusals.join('')),
    usage: writeUsage(answer.usage, answer.service),
  };
  return { body: encode(JSON.stringify(message)), dropped };
}
