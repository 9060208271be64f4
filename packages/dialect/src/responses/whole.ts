// A response as a whole into events. What its end says is read here for streams too, whose last
// event holds the response.
import type { AnswerEvent, Json, UpstreamError } from '../canon/canon.ts';
import { isObject, listIn, member, numberIn, textIn } from '../canon/exact.ts';
import { errorFrom } from './errors.ts';
import { Reading } from './reading.ts';
import { readStop } from './stop.ts';
import { readUsage } from './usage.ts';

export function readWhole(body: Json): readonly AnswerEvent[] {
  if (!isObject(body)) return [{ kind: 'error', error: UNREADABLE }];
  const output = listIn(body, 'output');
  if (output === undefined) {
    const error = hasError(body) ? errorFrom(errorOf(body)) : UNREADABLE;
    return [{ kind: 'error', error }];
  }
  const reading = new Reading();
  reading.offered(listIn(body, 'tools'));
  for (const value of output) {
    if (!isObject(value)) continue;
    const item = reading.open(textIn(value, 'type') ?? '', value);
    reading.close(item, value);
    if (textIn(body, 'status') === 'completed') reading.withoutArguments(item);
  }
  return [startOf(body), ...reading.taken(), ...endOf(body, reading)];
}

export const UNREADABLE: UpstreamError = {
  kind: 'internal',
  message: 'The upstream answered with something else than a response.',
};

const hasError = (value: Json | undefined): boolean => {
  const error = member(value, 'error');
  return error !== undefined && error !== null;
};

/** Nothing of what stands around it. */
const errorOf = (value: Json | undefined): Json => ({ error: member(value, 'error') ?? null });

export function startOf(response: Json | undefined): AnswerEvent {
  const created = numberIn(response, 'created_at');
  return {
    kind: 'start',
    id: textIn(response, 'id'),
    model: textIn(response, 'model'),
    created: created === undefined ? undefined : Math.trunc(created),
  };
}

/** How a response ends; nothing is said of an end while it still runs. */
export function endOf(response: Json | undefined, reading: Reading): readonly AnswerEvent[] {
  const status = textIn(response, 'status');
  if (status === 'queued' || status === 'in_progress') return [];
  const usage = readUsage(member(response, 'usage'));
  const service = textIn(response, 'service_tier');
  const used: readonly AnswerEvent[] =
    usage === undefined
      ? []
      : [{ kind: 'usage', usage, ...(service === undefined ? {} : { service }) }];
  const isFailed = status === 'failed' || status === 'cancelled' || hasError(response);
  if (isFailed && textIn(response, 'stop_reason') === undefined) {
    const error = hasError(response) ? errorFrom(errorOf(response)) : STOPPED;
    return [...used, { kind: 'error', error }];
  }
  const stop = readStop(response, reading.holds());
  return [{ kind: 'stop', answer: 0, ...stop }, ...used, { kind: 'end' }];
}

const STOPPED: UpstreamError = {
  kind: 'unknown',
  message: 'The upstream stopped working on the response.',
  type: 'cancelled',
};
