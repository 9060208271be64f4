// From the head of an HTTP request to the head of a call: every header that means something here
// is read once, checked, and kept in our words; every other one is left where it is. A value that
// breaks its rule is the caller's mistake and is answered with the header's name.
import {
  type CallHead,
  type CallMode,
  type DeclaredSensitivity,
  type Dialect,
  higherLabel,
  no,
  type Operation,
  type Refusal,
  type Result,
  readLabel,
  refusal,
  yes,
} from '@signalbox/contract';
import { isPassed } from '@signalbox/dialect';
import { CONSENT_FORM, SOURCE } from '@signalbox/documents';
import type { Head } from '@signalbox/ports';

const PREFIX = 'x-signalbox-';
const OPAQUE = /^[\x20-\x7e]{1,128}$/;
const LATENCY_BUDGET =
  /^(\d{1,16})(?:; ?steps=([1-9]\d{0,2}))?(?:; ?tools=(\d{1,9}))?(?:; ?network=(\d{1,9}))?$/;
const MODES: readonly CallMode[] = ['interactive', 'background', 'streaming'];
const STEP = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;
const SENSITIVITY = /^([a-z]+)(?:\(([a-z0-9_,. -]{0,256})\))?$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const IDEMPOTENCY = /^[\x21-\x7e]{1,255}$/;
const TOOL = /^[A-Za-z0-9_.:-]{1,64}$/;
const TOOLS_MAX = 128;
const TAGS_MAX = 8;
const SOURCES_MAX = 8;
const TAG_BYTES_MAX = 64;

/** Headers that belong to a format, and go on where it is spoken. */
const OF_DIALECTS: ReadonlySet<string> = new Set([
  'openai-beta',
  'anthropic-beta',
  'anthropic-version',
]);

/** What is asked, in whose words. */
export type Speaking = { readonly dialect: Dialect; readonly operation: Operation };

type Draft = { -readonly [K in keyof CallHead]: CallHead[K] };

/** @param forwarded names that some endpoint lists, lower case. */
export function readHead(
  head: Head,
  to: Speaking,
  forwarded: ReadonlySet<string>,
): Result<CallHead, Refusal> {
  const draft = emptyHead(head, to);
  const passed: (readonly [string, string])[] = [];
  const { headers } = head;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    if (OF_DIALECTS.has(name) || forwarded.has(name)) passed.push([name, value]);
    const wrong = take(draft, name, value);
    if (wrong !== undefined) return no(badHeader(name, wrong));
  }
  draft.forwardable = passed;
  return yes(draft);
}

function emptyHead(head: Head, { operation, dialect }: Speaking): Draft {
  return {
    operation,
    dialect,
    keyText: undefined,
    address: head.address,
    session: undefined,
    agent: undefined,
    subject: undefined,
    step: undefined,
    stepInTrace: undefined,
    sensitivity: undefined,
    sources: undefined,
    declaredTools: undefined,
    consent: undefined,
    latencyBudgetMs: undefined,
    latencySteps: undefined,
    latencyToolsMs: undefined,
    latencyNetworkMs: undefined,
    mode: undefined,
    queueAllowed: false,
    summaryWanted: false,
    tags: NO_TAGS,
    idempotencyKey: undefined,
    traceparent: undefined,
    forwardable: [],
  };
}

const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});

/** @returns what is wrong with the value. */
function take(draft: Draft, name: string, value: string): string | undefined {
  if (name === 'authorization') {
    if (/^bearer /i.test(value)) draft.keyText ??= value.slice(7).trim();
    return undefined;
  }
  if (name === 'x-api-key' || name === 'x-goog-api-key') draft.keyText ??= value;
  else if (name === 'traceparent') {
    // A broken trace is no reason to refuse a call: it is dropped, as the standard says.
    if (TRACEPARENT.test(value)) draft.traceparent = value;
  } else if (name === 'baggage') {
    draft.stepInTrace = stepInBaggage(value) ?? draft.stepInTrace;
  } else if (name === 'idempotency-key') {
    if (!IDEMPOTENCY.test(value)) return 'must have 1 to 255 printable ASCII characters';
    draft.idempotencyKey = value;
  } else if (name.startsWith(PREFIX)) return takeOurs(draft, name.slice(PREFIX.length), value);
  return undefined;
}

function takeBudget(draft: Draft, value: string): string | undefined {
  const [, ms, steps, tools, network] = LATENCY_BUDGET.exec(value) ?? [];
  const budget = Number(ms);
  if (!Number.isSafeInteger(budget) || budget < 1) {
    return 'must be a whole number above 0, then `;steps=N` (1 to 999), `;tools=MS`, `;network=MS`';
  }
  draft.latencyBudgetMs = budget;
  draft.latencySteps = steps === undefined ? undefined : Number(steps);
  draft.latencyToolsMs = tools === undefined ? undefined : Number(tools);
  draft.latencyNetworkMs = network === undefined ? undefined : Number(network);
  return undefined;
}

function takeOurs(draft: Draft, name: string, value: string): string | undefined {
  switch (name) {
    case 'session':
    case 'agent':
    case 'subject':
      if (!OPAQUE.test(value)) return 'must have 1 to 128 printable ASCII characters';
      draft[name] = value;
      return undefined;
    case 'step':
      if (!STEP.test(value)) return 'must be a step class: letters, digits, `_`, `-`, `.`, `:`';
      draft.step = value;
      return undefined;
    case 'sensitivity': {
      const read = readSensitivity(value);
      if (read === undefined) {
        return 'must be `label` or `label(kind,…)`; labels: public, internal, personal, regulated';
      }
      draft.sensitivity = raised(draft.sensitivity, read);
      return undefined;
    }
    case 'latency-budget-ms':
      return takeBudget(draft, value);
    case 'mode':
      draft.mode = MODES.find((one) => one === value);
      return draft.mode === undefined ? `must be one of ${MODES.join(', ')}` : undefined;
    case 'queue':
      if (value !== 'allow') return 'must be `allow`';
      // What only passes waits for a route while its caller does.
      draft.queueAllowed = !isPassed(draft.operation);
      return undefined;
    case 'summary':
      draft.summaryWanted = value === '1';
      return undefined;
    case 'tags': {
      const tags = readTags(value);
      if (tags === undefined) return `must be up to ${TAGS_MAX} pairs \`name=value\` of 64 bytes`;
      draft.tags = tags;
      return undefined;
    }
    case 'source': {
      const sources = value.split(',').map((one) => one.trim().toLowerCase());
      const all = [...(draft.sources ?? []), ...sources];
      if (all.length > SOURCES_MAX || !sources.every((one) => SOURCE.test(one))) {
        return `must name up to ${SOURCES_MAX} data sources or types of documents`;
      }
      draft.sources = all;
      return undefined;
    }
    case 'consent':
      // Of two nobody knows which is meant, and a list would open what no single one does.
      if (draft.consent !== undefined) return 'names one consent';
      if (!CONSENT_FORM.pattern.test(value)) return 'must be the id or the name of one consent';
      draft.consent = value;
      return undefined;
    case 'declared-tools': {
      const tools = readTools(value, draft.declaredTools ?? []);
      if (tools === undefined) return `must name up to ${TOOLS_MAX} tools, or none`;
      draft.declaredTools = tools;
      return undefined;
    }
    case 'criticality':
      // Nothing depends on it yet, so whatever it says is harmless.
      return undefined;
    default:
      return undefined;
  }
}

/** Names of a step in W3C baggage, ours first; of the conventions, what a span of an agent does. */
const STEPS_IN_BAGGAGE = ['signalbox.step', 'gen_ai.operation.name'];
/** What every call of a model is tells no step. */
const NO_STEPS = new Set(['chat', 'text_completion', 'generate_content', 'invoke_agent']);
const BAGGAGE_CHARACTERS_MAX = 8_192;

/** What cannot be read is nobody's mistake: a baggage is of many. */
function stepInBaggage(value: string): string | undefined {
  if (value.length > BAGGAGE_CHARACTERS_MAX) return undefined;
  const members = value.split(',').map((one) => one.split(';', 1)[0] ?? '');
  for (const name of STEPS_IN_BAGGAGE) {
    const member = members.find((one) => one.split('=', 1)[0]?.trim() === name);
    const step = member?.slice(member.indexOf('=') + 1).trim();
    if (step !== undefined && STEP.test(step) && !NO_STEPS.has(step)) return step;
  }
  return undefined;
}

/** Where the header stands twice, it only raises. */
function raised(
  before: DeclaredSensitivity | undefined,
  read: DeclaredSensitivity,
): DeclaredSensitivity {
  if (before === undefined) return read;
  const label = higherLabel(before.label, read.label);
  return { label, kinds: [...before.kinds, ...read.kinds] };
}

export function readSensitivity(value: string): DeclaredSensitivity | undefined {
  const parts = SENSITIVITY.exec(value);
  const label = parts?.[1] === undefined ? undefined : readLabel(parts[1]);
  if (label === undefined) return undefined;
  const kinds = (parts?.[2] ?? '').split(',').map((kind) => kind.trim());
  return { label, kinds: kinds.filter((kind) => kind !== '') };
}

/** Where the header stands twice it is one list, as proxies make of it. */
function readTools(value: string, before: readonly string[]): readonly string[] | undefined {
  const named = value.trim() === '' ? [] : value.split(',').map((one) => one.trim());
  const all = [...before, ...named];
  return all.length <= TOOLS_MAX && named.every((one) => TOOL.test(one)) ? all : undefined;
}

function readTags(value: string): Readonly<Record<string, string>> | undefined {
  const tags: Record<string, string> = Object.create(null);
  const pairs = value.split(',').map((pair) => pair.trim());
  if (pairs.length > TAGS_MAX) return undefined;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const fits = equals > 0 && pair.length <= TAG_BYTES_MAX && OPAQUE.test(pair);
    if (!fits) return undefined;
    tags[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return tags;
}

function badHeader(name: string, wrong: string): Refusal {
  return refusal('body_invalid', `The header \`${name}\` ${wrong}.`, { param: name });
}
