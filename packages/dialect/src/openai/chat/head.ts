// What stands around the choices, in a whole answer and in every chunk: both ways.
import type { AnswerEvent, Json, JsonObject } from '../../canon/canon.ts';
import { member, numberIn, textIn } from '../../canon/exact.ts';
import { extraOf } from './extra.ts';

type Start = Extract<AnswerEvent, { kind: 'start' }>;

/** Fields around the choices that the same dialect wants back. */
const KEPT = ['system_fingerprint', 'provider', 'citations', 'search_results'];

/** An empty name and a time of 0 are none. */
export function readStart(body: Json): Start {
  const kept: { [key: string]: Json } = {};
  for (const key of KEPT) {
    const value = member(body, key);
    if (value !== undefined && value !== null && value !== '') kept[key] = value;
  }
  const extra: JsonObject | undefined = Object.keys(kept).length === 0 ? undefined : kept;
  return {
    kind: 'start',
    id: textIn(body, 'id') || undefined,
    model: textIn(body, 'model') || undefined,
    created: numberIn(body, 'created') || undefined,
    ...extraOf(extra),
  };
}

export const readService = (body: Json): string | undefined =>
  textIn(body, 'service_tier') || undefined;
