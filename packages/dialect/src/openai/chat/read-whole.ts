// A whole answer as the events that its stream would have been.
import type { AnswerEvent, Json, JsonObject, UpstreamError } from '../../canon/canon.ts';
import { countIn, isObject, listIn, member } from '../../canon/exact.ts';
import { ChoiceReader } from './choice.ts';
import type { Out } from './emitter.ts';
import { errorFrom, errorIn, noAnswer } from './errors.ts';
import { readService, readStart } from './head.ts';
import { inOrder } from './places.ts';
import { readUsage } from './usage.ts';

export function readWhole(body: Json): readonly AnswerEvent[] {
  const choices = listIn(body, 'choices');
  const error = errorIn(body);
  if (!isObject(body) || choices === undefined) {
    return [{ kind: 'error', error: error ?? (isObject(body) ? said(body) : noAnswer()) }];
  }
  const start = readStart(body);
  const events: AnswerEvent[] = [start];
  const from = { answerId: start.id ?? '', whole: true };
  for (const [at, choice] of choices.entries()) {
    const own: Out = { events: [] };
    const reader = new ChoiceReader(countIn(choice, 'index') ?? at, own, from);
    reader.take(choice);
    reader.end();
    events.push(...inOrder(own.events, reader.places));
  }
  const usage = readUsage(body);
  const service = readService(body);
  if (usage !== undefined) {
    events.push({ kind: 'usage', usage, ...(service === undefined ? {} : { service }) });
  }
  const failed = error ?? firstError(choices);
  events.push(failed === undefined ? { kind: 'end' } : { kind: 'error', error: failed });
  return events;
}

/** No choices: an error without the word, such as `{"detail": "..."}`. */
function said(body: JsonObject): UpstreamError {
  const hasText = ['detail', 'message', 'msg'].some((key) => body[key] !== undefined);
  return hasText ? errorFrom(body) : noAnswer();
}

/** One vendor puts the failure of its own upstream into the choice. */
export function firstError(choices: readonly Json[]): UpstreamError | undefined {
  return choices.map((choice) => errorIn({ error: member(choice, 'error') ?? null })).find(Boolean);
}
