// What one dial meets, written down before it begins: steps with waits between them. The weather at
// an endpoint says how often something goes wrong there.
import type { FaultCode, Headers, SpokenOperation, Timers } from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import type { Chance } from '../chance.ts';
import { DONE_EVENT, ERROR_EVENT, streamEvents, type Told, wholeAnswer } from './answers.ts';
import type { PassedAnswer } from './passed.ts';

export type Weather = 'calm' | 'fair' | 'flaky' | 'refusing' | 'deaf';

export type Step = { readonly afterMs: number } & (
  | { readonly act: 'head'; readonly status: number; readonly headers: Headers }
  | { readonly act: 'chunk'; readonly bytes: Uint8Array }
  | { readonly act: 'end' }
  | { readonly act: 'fault'; readonly code: FaultCode }
);

export type Script = {
  readonly name: string;
  readonly steps: readonly Step[];
  /** What it will have told of usage when it has come to its end. */
  readonly usage: readonly [number, number] | undefined;
};

export type Inquiry = {
  readonly operation: SpokenOperation;
  readonly model: string;
  readonly word: string;
  readonly stream: boolean;
  readonly usageAsked: boolean;
  readonly outputTokensMax: number | undefined;
  readonly timers: Timers;
  /** It may answer with far more than anybody reads. */
  readonly floods: boolean;
  /** What it says to a call that only passes. */
  readonly passed: (() => PassedAnswer) | undefined;
};

type Fate =
  | 'well'
  | 'refuse'
  | 'deaf'
  | 'mute'
  | 'busy'
  | 'limited'
  | 'mistaken'
  | 'redirect'
  | 'error-in-200'
  | 'malformed'
  | 'empty'
  | 'die-early'
  | 'die-midway'
  | 'silent-midway'
  | 'trickle'
  | 'error-first'
  | 'error-midway'
  | 'no-done'
  | 'whole-instead'
  | 'talkative'
  | 'huge';

const FAULTS: readonly [readonly [Fate, number], ...(readonly [Fate, number])[]] = [
  ['refuse', 8],
  ['deaf', 4],
  ['mute', 3],
  ['busy', 8],
  ['limited', 4],
  ['mistaken', 4],
  ['redirect', 2],
  ['error-in-200', 4],
  ['malformed', 4],
  ['empty', 2],
  ['die-early', 5],
  ['die-midway', 10],
  ['silent-midway', 4],
  ['trickle', 3],
  ['error-first', 4],
  ['error-midway', 4],
  ['no-done', 3],
  ['whole-instead', 4],
  ['talkative', 12],
  ['huge', 1],
];

const FAULT_SHARES: Readonly<Record<Weather, number>> = {
  calm: 0,
  fair: 0.2,
  flaky: 0.75,
  refusing: 0,
  deaf: 0,
};

export function scriptOf(inquiry: Inquiry, weather: Weather, chance: Chance): Script {
  const fate = fateOf(inquiry, weather, chance);
  const early = failure(fate, inquiry, chance);
  if (early !== undefined) return { name: fate, steps: early, usage: undefined };
  if (inquiry.stream && fate !== 'whole-instead') return stream(fate, inquiry, chance);
  return whole(fate, inquiry, chance);
}

function fateOf({ stream: isStream, floods }: Inquiry, weather: Weather, chance: Chance): Fate {
  if (weather === 'refusing') return 'refuse';
  if (weather === 'deaf') return 'deaf';
  if (!chance.happens(FAULT_SHARES[weather])) return 'well';
  const fate = chance.weighted(FAULTS);
  if (fate === 'huge' && !floods) return 'malformed';
  return !isStream && STREAMED.has(fate) ? 'die-midway' : fate;
}

const STREAMED: ReadonlySet<Fate> = new Set<Fate>([
  'error-first',
  'error-midway',
  'no-done',
  'whole-instead',
  'talkative',
]);

const JSON_HEAD: Headers = [
  ['content-type', 'application/json'],
  ['x-request-id', 'up-1'],
];
const STREAM_HEAD: Headers = [['content-type', 'text/event-stream; charset=utf-8']];
const HUGE = new Uint8Array(4_194_304).fill(0x20);
const HUGE_PIECES = 17;

const head = (afterMs: number, status: number, headers: Headers = JSON_HEAD): Step => ({
  act: 'head',
  afterMs,
  status,
  headers,
});
const chunk = (afterMs: number, text: string): Step => piece(afterMs, encode(text));
const piece = (afterMs: number, bytes: Uint8Array): Step => ({ act: 'chunk', afterMs, bytes });
const end = (afterMs: number): Step => ({ act: 'end', afterMs });
const broken = (afterMs: number, code: FaultCode): Step => ({ act: 'fault', afterMs, code });

/** The endings that come before any part of an answer. */
function failure(fate: Fate, { timers }: Inquiry, chance: Chance): readonly Step[] | undefined {
  const soon = chance.between(1, 40);
  const later = chance.between(5, 400);
  switch (fate) {
    case 'refuse':
      return [broken(soon, 'connect_failed')];
    case 'deaf':
      return [broken(timers.connectMs, 'connect_timeout')];
    case 'mute':
      return [broken(timers.headMs, 'head_timeout')];
    case 'redirect':
      return [broken(later, 'redirected')];
    case 'die-early':
      return chance.happens(0.5)
        ? [broken(later, 'closed_early')]
        : [head(later, 200, STREAM_HEAD), broken(soon, 'closed_early')];
    case 'busy':
      return [head(later, chance.pick([500, 502, 503])), chunk(1, '{"error":{}}'), end(1)];
    case 'limited': {
      const wait: Headers = [...JSON_HEAD, ['retry-after-ms', '750']];
      return [head(later, 429, wait), chunk(1, '{"error":{}}'), end(1)];
    }
    case 'mistaken': {
      const body = '{"error":{"message":"no such field","type":"invalid_request_error"}}';
      return [head(later, chance.pick([400, 404, 422])), chunk(1, body), end(0)];
    }
    case 'error-in-200':
      return [head(later, 200), chunk(2, '{"error":{"message":"overloaded"}}'), end(0)];
    case 'malformed':
      return [head(later, 200), chunk(2, '{"choices":[{"mess'), end(0)];
    case 'empty':
      return [head(later, 200), end(0)];
    case 'huge': {
      const pieces = Array.from({ length: HUGE_PIECES }, () => piece(1, HUGE));
      return [head(later, 200), ...pieces, end(0)];
    }
    default:
      return undefined;
  }
}

function toldOf(fate: Fate, inquiry: Inquiry, chance: Chance): Told {
  const asked = inquiry.outputTokensMax ?? 12;
  const events = fate === 'talkative' ? asked + chance.between(20, 300) : chance.between(1, 12);
  const { operation, model, word } = inquiry;
  const silent = chance.happens(0.15);
  const output = operation === 'embedding' ? 0 : events;
  const usage = silent ? undefined : ([chance.between(20, 200), output] as const);
  const tellsEarly = usage !== undefined && inquiry.usageAsked && chance.happens(0.15);
  return { operation, model, word, events, usage, tellsEarly };
}

function whole(fate: Fate, inquiry: Inquiry, chance: Chance): Script {
  const told = toldOf(fate, inquiry, chance);
  const passed = inquiry.passed?.();
  const bytes = passed?.bytes ?? wholeAnswer(told);
  const half = Math.max(1, bytes.length >> 1);
  const headers: Headers = passed === undefined ? JSON_HEAD : [['content-type', passed.type]];
  const first = [head(chance.between(10, 900), 200, headers), piece(1, bytes.subarray(0, half))];
  const usage = told.usage;
  if (fate === 'die-midway') {
    return { name: fate, steps: [...first, broken(9, 'closed_early')], usage: undefined };
  }
  if (fate === 'silent-midway') {
    const silence = broken(inquiry.timers.idleMs, 'idle_timeout');
    return { name: fate, steps: [...first, silence], usage: undefined };
  }
  const rest = piece(fate === 'trickle' ? 600 : 2, bytes.subarray(half));
  return { name: fate, steps: [...first, rest, end(1)], usage };
}

function stream(fate: Fate, inquiry: Inquiry, chance: Chance): Script {
  const told = toldOf(fate, inquiry, chance);
  const events = [...streamEvents(told, inquiry.usageAsked)];
  let ending: readonly Step[] = [end(chance.between(0, 3))];
  const midway = chance.between(1, Math.max(1, events.length - 2));
  if (fate === 'error-first') events.splice(0, events.length, ERROR_EVENT);
  if (fate === 'error-midway') events.splice(midway, events.length, ERROR_EVENT);
  if (fate === 'no-done' && events.at(-1) === DONE_EVENT) events.pop();
  if (fate === 'die-midway') {
    events.splice(midway);
    ending = [broken(chance.between(1, 30), 'closed_early')];
  }
  if (fate === 'silent-midway') {
    events.splice(midway);
    ending = [broken(inquiry.timers.idleMs, 'idle_timeout')];
  }
  const gap = fate === 'trickle' ? inquiry.timers.idleMs - 200 : chance.between(1, 120);
  const steps = [
    head(chance.between(5, 600), 200, STREAM_HEAD),
    ...cut(events, fate, chance).map((one, at) =>
      piece(at === 0 ? 1 : chance.between(1, gap), one),
    ),
    ...ending,
  ];
  const complete = fate === 'well' || fate === 'trickle' || fate === 'talkative';
  const tells = inquiry.usageAsked || inquiry.operation === 'response';
  return { name: fate, steps, usage: complete && tells ? told.usage : undefined };
}

/** One event a chunk, several, or cut anywhere. */
function cut(events: readonly string[], fate: Fate, chance: Chance): readonly Uint8Array[] {
  const together = fate === 'talkative' ? 16 : chance.pick([1, 1, 3]);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < events.length; at += together) {
    pieces.push(encode(events.slice(at, at + together).join('')));
  }
  const dies = fate === 'die-midway' || fate === 'silent-midway';
  if (!chance.happens(dies ? 0.6 : 0.25)) return pieces;
  const split = pieces.flatMap((bytes): readonly Uint8Array[] => {
    const at = chance.between(1, bytes.length - 1);
    return [bytes.subarray(0, at), bytes.subarray(at)];
  });
  return dies ? split.slice(0, -1) : split;
}
