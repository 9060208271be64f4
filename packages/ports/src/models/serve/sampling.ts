// The fields that chat and plain completions have in common: how to draw, how long, where to stop.
import { randomInt } from 'node:crypto';
import type { Fields } from './fields.ts';
import type { Sampling } from './generate.ts';
import { isList, isObject, isText } from './json.ts';
import { badRequest } from './refusal.ts';

/**
 * Who does not ask for chance gets none: the same question has the same answer. (OpenAI draws at 1;
 * small models lose their thread there.)
 */
const TEMPERATURE = 0;
const SEED_MAX = 2 ** 32 - 1;
const STOPS_MAX = 16;
const STOP_LENGTH_MAX = 256;
const TOKENS_MAX = 1_000_000;

export type Delivery =
  | { readonly kind: 'whole' }
  /** `usage`: one more chunk at the end says what was used. */
  | { readonly kind: 'stream'; readonly usage: boolean };

export type Manner = {
  readonly sampling: Sampling;
  /** Undefined: as long as the context allows. */
  readonly tokensMax: number | undefined;
  readonly stops: readonly string[];
  readonly delivery: Delivery;
};

export function readManner(fields: Fields, tokensMax: number | undefined): Manner {
  const penalty = { min: -2, max: 2 };
  const sampling: Sampling = {
    temperature: fields.number('temperature', { min: 0, max: 2 }) ?? TEMPERATURE,
    topP: fields.number('top_p', { min: 0, max: 1 }) ?? 1,
    topK: fields.integer('top_k', { min: 0, max: 1_000_000 }) ?? 0,
    minP: fields.number('min_p', { min: 0, max: 1 }) ?? 0,
    seed: readSeed(fields),
    frequencyPenalty: fields.number('frequency_penalty', penalty) ?? 0,
    presencePenalty: fields.number('presence_penalty', penalty) ?? 0,
  };
  refuseUnsupported(fields);
  return { sampling, tokensMax, stops: readStops(fields), delivery: readDelivery(fields) };
}

/** `name` is called differently in the two dialects and in the newer one of them. */
export function readTokensMax(fields: Fields, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = fields.integer(name, { min: 1, max: TOKENS_MAX });
    if (value !== undefined) return value;
  }
  return undefined;
}

function readSeed(fields: Fields): number {
  const seed = fields.integer('seed', {
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
  });
  return seed === undefined ? randomInt(SEED_MAX) : seed >>> 0;
}

function readStops(fields: Fields): readonly string[] {
  const given = fields.raw('stop');
  if (given === undefined) return [];
  const stops = isList(given) ? given : [given];
  const fits = (stop: unknown): stop is string =>
    isText(stop) && stop !== '' && stop.length <= STOP_LENGTH_MAX;
  if (stops.every(fits) && stops.length <= STOPS_MAX) return stops;
  const message = `stop must be up to ${STOPS_MAX} texts of at most ${STOP_LENGTH_MAX} characters`;
  fields.refuse(badRequest('body_invalid', message, 'stop'));
  return [];
}

function readDelivery(fields: Fields): Delivery {
  if (fields.flag('stream') !== true) return { kind: 'whole' };
  const options = fields.raw('stream_options');
  return { kind: 'stream', usage: isObject(options) && options['include_usage'] === true };
}

/** What changes the answer and is not done here is refused: silence would be a lie. */
function refuseUnsupported(fields: Fields): void {
  const count = fields.raw('n');
  if (count !== undefined && count !== 1) refuse('n', 'one answer a request');
  const bias = fields.raw('logit_bias');
  if (isObject(bias) && Object.keys(bias).length > 0) refuse('logit_bias', 'no bias');
  for (const name of ['audio', 'functions', 'best_of', 'suffix', 'echo'] as const) {
    const value = fields.raw(name);
    if (value !== undefined && value !== false && value !== 1) refuse(name, 'nothing of the kind');
  }

  function refuse(name: string, instead: string): void {
    const message = `this model server knows ${instead}; leave out ${name}`;
    fields.refuse(badRequest('parameter_unsupported', message, name));
  }
}
