// Reads what a server says of its own state: health, slots, queues, bounds.

import type { Gauges } from '@signalbox/dialect';
import {
  booleanIn,
  countIn,
  type Json,
  listIn,
  member,
  numberIn,
  textIn,
} from '@signalbox/dialect';
import type { Findings } from './probe-facts.ts';
import { type Told, told } from './probe-models.ts';

const VERSION_CHARACTERS_MAX = 64;
const METRICS_CHARACTERS_MAX = 1_048_576;

/** Words of a server that answers before its model is in memory. */
const NOT_YET = /\b(?:loading|not ready|starting|initiali[sz]ing|warming)\b/i;

/** A good status is health; a bad one may say that it only needs time. */
export function readHealth(status: number, body: Json | undefined, text: string): Told | undefined {
  if (status < 300) {
    const slots = member(body, 'slots');
    const counts: Findings = {
      ...count('slots', countIn(slots, 'total')),
      ...count('running', countIn(slots, 'busy')),
      ...count('queueDepth', countIn(slots, 'queued')),
    };
    return told({ endpoint: { reachable: true, loadState: 'loaded', ...counts } });
  }
  if (status < 500 || status === 501) return undefined;
  const isSoon = status === 503 && NOT_YET.test(text.slice(0, 1_000));
  return told({
    endpoint: isSoon ? { reachable: true, loadState: 'loading' } : { reachable: false },
  });
}

/** The same of a question that is answered before the model is there: no is not yet. */
export function readReady(status: number): Told | undefined {
  if (status < 300) return told({ endpoint: { reachable: true, loadState: 'loaded' } });
  return status === 503 ? told({ endpoint: { reachable: true, loadState: 'loading' } }) : undefined;
}

/** `n_ctx` is that of one slot. */
export function readProps(body: Json): Told | undefined {
  const settings = member(body, 'default_generation_settings');
  const tokens = countIn(settings, 'n_ctx') ?? countIn(body, 'n_ctx');
  const asleep = booleanIn(body, 'is_sleeping');
  if (tokens === undefined && asleep === undefined) return undefined;
  const tools = booleanIn(member(body, 'chat_template_caps'), 'supports_tools');
  const vision = booleanIn(member(body, 'modalities'), 'vision');
  return told({
    endpoint: {
      ...(tokens === undefined || tokens === 0 ? {} : { contextTokens: tokens }),
      ...count('slots', countIn(body, 'total_slots')),
      ...(asleep === undefined ? {} : { loadState: asleep ? 'sleeping' : 'loaded' }),
      ...(tools === undefined ? {} : { tools }),
      ...(vision === undefined ? {} : { vision }),
      ...version(textIn(body, 'build_info')),
    },
  });
}

export function readSlots(body: Json): Told | undefined {
  if (!Array.isArray(body) || body.length === 0) return undefined;
  const slots: readonly Json[] = body;
  const contexts = slots.flatMap((slot) => countIn(slot, 'n_ctx') ?? []).filter((n) => n > 0);
  const running = slots.filter((slot) => booleanIn(slot, 'is_processing') === true).length;
  return told({
    endpoint: {
      slots: slots.length,
      running,
      ...(contexts.length === 0 ? {} : { contextTokens: Math.min(...contexts) }),
    },
  });
}

/** One model and its bounds, as two servers write them. */
export function readInfo(body: Json): Told | undefined {
  const name =
    textIn(body, 'served_model_name') ?? textIn(body, 'model_id') ?? textIn(body, 'model_path');
  if (name === undefined) return undefined;
  const own = bounded([countIn(body, 'context_length'), countIn(body, 'max_total_tokens')]);
  // The pool that all calls share bounds each of them.
  const tokens = [...own, ...bounded([countIn(body, 'max_total_num_tokens')])];
  const state = listIn(body, 'internal_states')?.[0];
  const speed = numberIn(state, 'last_gen_throughput');
  const context: Findings = own.length > 0 ? { contextTokens: Math.min(...tokens) } : {};
  return told({
    endpoint: {
      ...context,
      ...count('slots', countIn(body, 'max_running_requests')),
      ...(speed === undefined || speed <= 0 ? {} : { outputTokensPerSecond: speed }),
      ...version(textIn(body, 'version')),
    },
  });
}

const bounded = (counts: readonly (number | undefined)[]): readonly number[] =>
  counts.flatMap((tokens) => (tokens === undefined || tokens === 0 ? [] : [tokens]));

export function readVersion(body: Json): Told | undefined {
  const found = version(textIn(body, 'version'));
  return found.version === undefined ? undefined : told({ endpoint: found });
}

/** Gauges out of Prometheus text, summed over their labels; the first name that is there counts. */
export function readMetrics(text: string, gauges: Gauges): Told | undefined {
  const wanted = new Set(Object.values(gauges).flat());
  const sums = new Map<string, number>();
  for (const line of text.slice(0, METRICS_CHARACTERS_MAX).split('\n')) {
    if (line.startsWith('#')) continue;
    const name = /^[A-Za-z_:][\w:]*/.exec(line)?.[0];
    if (name === undefined || !wanted.has(name)) continue;
    // After the labels, which may hold spaces; a time may follow the value.
    const rest = line.slice(Math.max(name.length, line.lastIndexOf('}') + 1)).trim();
    const value = rest === '' ? Number.NaN : Number(rest.split(/\s+/, 1)[0]);
    if (Number.isFinite(value)) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  const of = (names: readonly string[] = []): number | undefined =>
    names.map((name) => sums.get(name)).find((sum) => sum !== undefined);
  if (sums.size === 0) return undefined;
  return told({
    endpoint: {
      ...count('queueDepth', of(gauges.waiting)),
      ...count('running', of(gauges.running)),
      ...speed('inputTokensPerSecond', of(gauges.inputTokensPerSecond)),
      ...speed('outputTokensPerSecond', of(gauges.outputTokensPerSecond)),
    },
  });
}

const count = (name: 'slots' | 'running' | 'queueDepth', value: number | undefined): Findings =>
  value === undefined || value < 0 ? {} : { [name]: Math.round(value) };

/** Nothing measured yet reads as 0. */
const speed = (
  name: 'inputTokensPerSecond' | 'outputTokensPerSecond',
  value: number | undefined,
): Findings => (value === undefined || value <= 0 ? {} : { [name]: value });

function version(text: string | undefined): Findings {
  const isUsable = text !== undefined && /^[ -~]+$/.test(text);
  return isUsable && text.length <= VERSION_CHARACTERS_MAX ? { version: text } : {};
}
