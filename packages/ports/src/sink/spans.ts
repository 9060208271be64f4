// From the record of a call to its spans, in the JSON of OTLP: one of the call, and below it one of
// each attempt. Attribute by attribute: nothing is exported because it happened to be in a record.
// Models that a caller asked for, or an upstream claims, are words of strangers: only what looks
// like a name goes out.
import type { Attempt, CallRecord, CallTrace, TracedDial } from '@signalbox/contract';
import { NAMES, OPERATIONS } from './genai-names.table.ts';

/** What stands behind an endpoint's name. */
export type Where = { readonly kind: string; readonly url: URL };

export type SpanFacts = {
  readonly version: string;
  readonly node: string;
  /** Undefined: it is not known any more. */
  readonly whereOf: (endpoint: string) => Where | undefined;
};

type Value = string | number | boolean | undefined;
type Attributes = readonly (readonly [name: string, value: Value])[];

const SERVER = 2;
const CLIENT = 3;
const FAILED = 2;
const NAME: RegExp = /^[!-~]{1,128}$/;

/** The body of one export. */
export function bodyOf(spans: readonly object[], { version, node }: SpanFacts): string {
  const scope = { name: 'signalbox', version };
  const resource = attributes([
    [NAMES.service, 'signalbox'],
    [NAMES.version, version],
    [NAMES.instance, node],
  ]);
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ scope, spans }] }],
  });
}

export function spansOf(record: CallRecord, trace: CallTrace, facts: SpanFacts): readonly object[] {
  const { attempts } = record;
  // What an earlier entry of a parked call dialled is not in the record.
  const dials = trace.dials.slice(-attempts.length);
  const below = attempts.flatMap((attempt, at) => {
    const dial = dials[at];
    return dial === undefined ? [] : [attemptSpan(record, trace, { attempt, dial, facts })];
  });
  return [callSpan(record, trace), ...below];
}

function callSpan(record: CallRecord, trace: CallTrace): object {
  const last = record.attempts.at(-1);
  const told: Attributes = [
    [NAMES.operation, OPERATIONS[record.operation]],
    [NAMES.requestModel, nameOf(record.modelRequested)],
    [NAMES.responseModel, nameOf(last?.modelClaimed)],
    [NAMES.inputTokens, record.usage?.inputTokens],
    [NAMES.outputTokens, record.usage?.outputTokens],
    [NAMES.error, record.code],
    [NAMES.status, record.status],
    [NAMES.decision, record.decision],
    [NAMES.tenant, record.tenant],
    [NAMES.label, record.label],
    [NAMES.tier, last?.tier],
    [NAMES.endpoint, last?.endpoint],
    [NAMES.rule, record.rule],
    [NAMES.ending, record.ending],
    [NAMES.fallback, record.fallback],
    [NAMES.stream, record.stream],
    [NAMES.cost, record.costNanoUsd],
    [NAMES.queueMs, record.queueMs],
    [NAMES.firstByteMs, record.firstByteMs],
  ];
  return {
    traceId: trace.traceId,
    spanId: trace.spanId,
    ...(trace.parentId === undefined ? {} : { parentSpanId: trace.parentId }),
    name: titleOf(record, record.modelRequested),
    kind: SERVER,
    ...times(record.at, record.totalMs),
    attributes: attributes(told),
    ...(record.ending === 'answered' ? {} : { status: { code: FAILED } }),
  };
}

type Tried = {
  readonly attempt: Attempt;
  readonly dial: TracedDial;
  readonly facts: SpanFacts;
};

function attemptSpan(
  record: CallRecord,
  trace: CallTrace,
  { attempt, dial, facts }: Tried,
): object {
  const where = facts.whereOf(attempt.endpoint);
  const told: Attributes = [
    [NAMES.operation, OPERATIONS[record.operation]],
    [NAMES.provider, where?.kind],
    [NAMES.requestModel, nameOf(attempt.modelAsked)],
    [NAMES.responseModel, nameOf(attempt.modelClaimed)],
    [NAMES.error, attempt.fault],
    [NAMES.status, attempt.status],
    [NAMES.serverAddress, where?.url.hostname],
    [NAMES.serverPort, where === undefined ? undefined : portOf(where.url)],
    [NAMES.decision, record.decision],
    [NAMES.tier, attempt.tier],
    [NAMES.endpoint, attempt.endpoint],
    [NAMES.outcome, attempt.outcome],
    [NAMES.firstByteMs, attempt.firstByteMs],
  ];
  return {
    traceId: trace.traceId,
    spanId: dial.spanId,
    parentSpanId: trace.spanId,
    name: titleOf(record, attempt.modelAsked),
    kind: CLIENT,
    ...times(dial.at, attempt.durationMs),
    attributes: attributes(told),
    ...(attempt.outcome === 'answered' ? {} : { status: { code: FAILED } }),
  };
}

const nameOf = (text: string | undefined): string | undefined =>
  text !== undefined && NAME.test(text) ? text : undefined;

function titleOf({ operation }: CallRecord, model: string | undefined): string {
  const name = nameOf(model);
  return name === undefined ? OPERATIONS[operation] : `${OPERATIONS[operation]} ${name}`;
}

const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);

const times = (at: number, ms: number): object => ({
  startTimeUnixNano: nanoseconds(at),
  endTimeUnixNano: nanoseconds(at + ms),
});

/** Unix milliseconds are exact to the microsecond in a double, to the nanosecond they are not. */
const nanoseconds = (ms: number): string => `${Math.round(ms * 1_000)}000`;

function attributes(told: Attributes): readonly object[] {
  return told.flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: typed(value) }],
  );
}

function typed(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
