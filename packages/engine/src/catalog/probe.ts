// What to ask an endpoint about itself, and what the answers mean: which questions its kind takes,
// readers of their formats, and facts with time and provenance. It asks only what is free: no
// tokens, no money, and no model loaded or kept awake for it. Pure: who asks, and when, is decided
// elsewhere. An endpoint that needs time is cold, not down; silence about a thing is no fact.
import {
  type Json,
  type ProbeReader,
  type ProbeRequest,
  pathBelow,
  type ServerKind,
  tryParse,
} from '@signalbox/dialect';
import {
  type EndpointKnown,
  type Facts,
  FROM_KIND,
  type Seen,
  withFindings,
} from './probe-facts.ts';
import {
  readInstances,
  readLoaded,
  readModels,
  readShow,
  readTags,
  type Told,
} from './probe-models.ts';
import {
  readHealth,
  readInfo,
  readMetrics,
  readProps,
  readReady,
  readSlots,
  readVersion,
} from './probe-state.ts';

/** Models that are asked about one by one in a round; the others wait for the next. */
export const MODELS_ASKED_MAX = 16;
/** What is told of a model on a disk changes with the model alone. */
export const MODEL_STALE_MS = 3_600_000;
/** Longer answers are not read. */
export const ANSWER_BYTES_MAX = 8_388_608;

/** One question, ready to be sent. */
export type Asked = {
  readonly request: ProbeRequest;
  readonly method: 'GET' | 'POST';
  /** Path and query below the origin. */
  readonly path: string;
  readonly body: string | undefined;
  readonly model: string | undefined;
};

export type ProbeAnswer = {
  readonly asked: Asked;
  /** Undefined: no answer came; why is the business of whoever asked. */
  readonly answer: { readonly status: number; readonly body: Uint8Array } | undefined;
};

/**
 * Questions about the endpoint as a whole, in order. Of several with one purpose, those after the
 * first that is answered well (2xx) may be left out. `isBusy`: calls of ours went there since the
 * last round, so that a question which counts as work disturbs nobody.
 */
export function probesOf(kind: ServerKind, urlPath: string, isBusy: boolean): readonly Asked[] {
  return kind.probe
    .filter(({ each, disturbs }) => each === undefined && (isBusy || disturbs !== true))
    .map((request) => asked(kind, urlPath, request, undefined));
}

/** Questions about single models, of those about which nothing was told for long. */
export function probesOfModels(
  kind: ServerKind,
  urlPath: string,
  known: EndpointKnown,
  nowMs: number,
): readonly Asked[] {
  const request = kind.probe.find(({ each }) => each === 'model');
  if (request === undefined) return [];
  return [...known.models]
    .map(([name, facts]): readonly [string, number] => [name, toldAt(facts, request)])
    .filter(([, at]) => nowMs - at >= MODEL_STALE_MS)
    .toSorted(([, a], [, b]) => a - b)
    .slice(0, MODELS_ASKED_MAX)
    .map(([name]) => asked(kind, urlPath, request, name));
}

/** When the model was last asked about by this question. */
function toldAt(facts: Facts, request: ProbeRequest): number {
  const from = fromOf(request);
  const times = Object.values(facts).flatMap((fact) => (fact.from === from ? [fact.at] : []));
  return Math.max(Number.NEGATIVE_INFINITY, ...times);
}

function asked(
  kind: ServerKind,
  urlPath: string,
  request: ProbeRequest,
  model: string | undefined,
): Asked {
  const name = JSON.stringify(model ?? '');
  return {
    request,
    method: request.method,
    path: pathBelow(kind, urlPath, request.path),
    body: request.body?.replace('{model}', () => name),
    model,
  };
}

/** What one round of answers tells, with what every server of the kind is. Later answers win. */
export function seenIn(kind: ServerKind, answers: readonly ProbeAnswer[], atMs: number): Seen {
  let endpoint = withFindings({}, kind.able, { at: atMs, from: FROM_KIND });
  const models = new Map<string, Facts>();
  let listed = false;
  let cold: string | undefined;
  const verdicts: Verdict[] = [];
  for (const one of answers) {
    const from = fromOf(one.asked.request);
    const found = readAnswer(kind, one);
    verdicts.push(verdictOf(one, found));
    if (found === undefined) continue;
    const { reachable: _judged, ...findings } = found.endpoint;
    endpoint = withFindings(endpoint, findings, { at: atMs, from });
    for (const [name, more] of found.models) {
      models.set(name, withFindings(models.get(name) ?? {}, more, { at: atMs, from }));
    }
    listed ||= found.listed;
    if (found.othersCold) cold = from;
  }
  if (cold !== undefined && listed) chill(models, { at: atMs, from: cold });
  return { endpoint: judged(endpoint, verdicts, atMs), models, listed };
}

function chill(
  models: Map<string, Facts>,
  origin: { readonly at: number; readonly from: string },
): void {
  for (const [name, facts] of models) {
    if (facts.loadState === undefined) {
      models.set(name, withFindings(facts, { loadState: 'cold' }, origin));
    }
  }
}

const fromOf = ({ method, path }: ProbeRequest): string => `${method} ${path.split('?')[0]}`;

type Verdict = {
  readonly from: string;
  readonly isHealth: boolean;
  readonly reachable: boolean | undefined;
  readonly accepted: boolean | undefined;
};

/** Of a proxy in front of a server that is gone. */
const GONE: ReadonlySet<number> = new Set([502, 503, 504, 520, 521, 522, 523, 524, 530]);

function verdictOf({ asked: { request }, answer }: ProbeAnswer, found: Told | undefined): Verdict {
  const isHealth = request.purpose === 'health';
  const from = fromOf(request);
  if (answer === undefined) return { from, isHealth, reachable: undefined, accepted: undefined };
  const { status } = answer;
  const isRefused = status === 401 || status === 403;
  const isGood = status < 300 && found !== undefined;
  const reachable = found?.endpoint.reachable ?? (status < 300 ? isGood : !GONE.has(status));
  // Many servers answer for their health without a key.
  const accepted = isRefused ? false : isGood && !isHealth ? true : undefined;
  return { from, isHealth, reachable, accepted };
}

/** Health that says no counts; else anybody who answered. Nobody asked: nothing is known. */
function judged(facts: Facts, verdicts: readonly Verdict[], at: number): Facts {
  if (verdicts.length === 0) return facts;
  const bad = verdicts.find((one) => one.isHealth && one.reachable === false);
  const good = verdicts.find(({ reachable }) => reachable === true);
  const reached = bad ?? good ?? verdicts.find(({ reachable }) => reachable === false);
  const reachable = bad === undefined && good !== undefined;
  const from = reached?.from ?? 'no answer';
  const known = withFindings(facts, { reachable }, { at, from });
  const told =
    verdicts.find(({ accepted }) => accepted === false) ??
    verdicts.find(({ accepted }) => accepted === true);
  if (told?.accepted === undefined) return known;
  return withFindings(known, { accepted: told.accepted }, { at, from: told.from });
}

const decoder = new TextDecoder();

function readAnswer(kind: ServerKind, { asked: one, answer }: ProbeAnswer): Told | undefined {
  if (answer === undefined || answer.body.length > ANSWER_BYTES_MAX) return undefined;
  const { status, body } = answer;
  const { reader } = one.request;
  const text = decoder.decode(body);
  if (reader === 'ready') return readReady(status);
  if (reader === 'health') return readHealth(status, tryParse(text), text);
  if (status >= 300) return undefined;
  if (reader === 'metrics') return readMetrics(text, kind.gauges ?? {});
  const parsed = tryParse(text);
  return parsed === undefined ? undefined : readJson(reader, parsed, one.model ?? '');
}

function readJson(
  reader: Exclude<ProbeReader, 'health' | 'ready' | 'metrics'>,
  body: Json,
  model: string,
): Told | undefined {
  switch (reader) {
    case 'models':
      return readModels(body);
    case 'props':
      return readProps(body);
    case 'slots':
      return readSlots(body);
    case 'tags':
      return readTags(body);
    case 'show':
      return readShow(body, model);
    case 'loaded':
      return readLoaded(body);
    case 'instances':
      return readInstances(body);
    case 'info':
      return readInfo(body);
    case 'version':
      return readVersion(body);
  }
}
