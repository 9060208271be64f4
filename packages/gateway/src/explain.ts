// A dry run: the same rooms up to resolve, no permit, no upstream call, nothing recorded. Every
// candidate with the gates that refused it, what it would cost at most and how long answers take
// there; the rule that spoke.
import {
  type Call,
  codeFacts,
  no,
  type RecordedClearance,
  type Refusal,
  type Result,
  refusal,
  type SpokenOperation,
  yes,
} from '@signalbox/contract';
import { innerElements, lastField, readObject, readQuestion } from '@signalbox/dialect';
import {
  estimateNanoUsd,
  identify,
  type Predicted,
  preview,
  type Resolved,
} from '@signalbox/engine';
import type { Exchange } from '@signalbox/ports';
import { readBody } from './body.ts';
import { candidateDocument } from './decision.ts';
import { json, type Pages } from './page.ts';

/** Questions in one batch of `/v1/route/simulate`. */
export const SIMULATED_MAX = 100;

export const OPERATIONS: readonly SpokenOperation[] = [
  'chat',
  'completion',
  'response',
  'embedding',
];

export type Explaining = { readonly how: 'one' | 'many'; readonly query: string };

export async function explainCall(
  exchange: Exchange,
  { how, query }: Explaining,
  pages: Pages,
): Promise<void> {
  const call = pages.callFrom(exchange, 'chat');
  if (call === undefined) return;
  const { house } = pages;
  const { tenants, bodyBytesMax, bodyMsMax } = house.now();
  // A bad key, or a tenant that this node takes nothing of, costs no body byte here either.
  const found = identify(call.head.keyText, call.head.address, tenants, house.ports);
  if (!found.ok) return pages.refuse(exchange, found.refusal);
  const { turnedAway } = found.value.tenant;
  if (turnedAway !== undefined) return pages.refuse(exchange, turnedAway);
  const said = operationIn(query);
  if (!said.ok) return pages.refuse(exchange, said.refusal);
  const asking = (question: Uint8Array): Call => callOf(call, said.value, question);
  const body = await readBody(exchange, bodyBytesMax, bodyMsMax);
  if (!body.ok) return pages.refuse(exchange, body.refusal);
  if (how === 'one') {
    const document = await explained(asking(body.value), pages);
    if (document.ok) json(exchange, 200, document.value);
    else pages.refuse(exchange, document.refusal);
    return;
  }
  const questions = readBatch(body.value);
  if (!questions.ok) return pages.refuse(exchange, questions.refusal);
  const data: object[] = [];
  for (const question of questions.value) {
    const one = await explained(asking(question), pages);
    if (!one.ok && isAboutTheKey(one.refusal)) return pages.refuse(exchange, one.refusal);
    data.push(one.ok ? one.value : { object: 'route', allowed: false, refusal: told(one.refusal) });
  }
  json(exchange, 200, { object: 'list', data });
}

const isAboutTheKey = ({ code }: Refusal): boolean =>
  codeFacts(code).type === 'authentication_error';

const told = ({ code, message }: Refusal): object => ({ code, message });

/** `?operation=embedding`; undefined when the query does not say. */
function operationIn(query: string): Result<SpokenOperation | undefined, Refusal> {
  const values = new URLSearchParams(query).getAll('operation');
  if (values.length === 0) return yes(undefined);
  const known = OPERATIONS.find((one) => one === values[0]);
  if (known !== undefined && values.length === 1) return yes(known);
  const message = `The query \`operation\` must be one of \`${OPERATIONS.join('`, `')}\`.`;
  return no(refusal('body_invalid', message, { param: 'operation' }));
}

/** The same call with this body. */
function callOf(call: Call, said: SpokenOperation | undefined, body: Uint8Array): Call {
  const operation = said ?? guessed(body);
  const head = { ...call.head, operation };
  return { ...call, head, body: async () => readQuestion(operation, body) };
}

/** By what the body holds; `input` alone may be an embedding too, and is taken for a response. */
function guessed(body: Uint8Array): SpokenOperation {
  const reading = readObject(body);
  const keys = reading.kind === 'object' ? reading.fields.map((field) => field.key) : [];
  if (keys.includes('messages')) return 'chat';
  if (keys.includes('prompt') && !keys.includes('input')) return 'completion';
  return keys.includes('input') ? 'response' : 'chat';
}

async function explained(call: Call, { house }: Pages): Promise<Result<object, Refusal>> {
  const seen = await preview(call, house);
  if (!seen.ok) return seen;
  const { resolved, identity, candidates } = seen.value;
  const verdict = {
    object: 'route',
    allowed: resolved.ok,
    refusal: resolved.ok ? null : told(resolved.refusal),
  };
  if (!identity.key.scopes.has('explain')) {
    const place = resolved.ok ? resolved.value.route.offers[0]?.place : undefined;
    const named = candidates.map((one) => {
      const { endpoint, tier, gates } = candidateDocument(one);
      return { endpoint, tier, gates };
    });
    const { tier = null, name: endpoint = null } = place ?? {};
    return yes({ ...verdict, tier, endpoint, candidates: named });
  }
  const route = resolved.ok ? routeDocument(resolved.value) : {};
  const predicted = candidates.map(predictedDocument);
  return yes({ ...verdict, ...route, candidates: predicted });
}

/** Null is not known; `expected_why` says why. */
function predictedDocument(candidate: Predicted): object {
  const { costNanoUsdMax, took, unmet } = candidate;
  return {
    ...candidateDocument(candidate),
    ...(unmet.length === 0 ? {} : { unmet }),
    estimate_micro_usd: costNanoUsdMax === undefined ? null : microUsdUp(costNanoUsdMax),
    expected_first_byte_ms: rounded(took?.firstByteMs),
    expected_ms: rounded(took?.totalMs),
    expected_why: took?.firstByteMs === undefined ? 'not measured yet' : null,
  };
}

const rounded = (ms: number | undefined): number | null =>
  ms === undefined ? null : Math.round(ms * 10) / 10;

/** Upwards: what is said to be the most is not less than that. */
const microUsdUp = (nanoUsd: bigint): number => Number((nanoUsd + 999n) / 1_000n);

function routeDocument(resolved: Resolved): object {
  const { route, profile, step, stepSource, stepSeen } = resolved;
  const [first] = route.offers;
  return {
    tier: first?.place.tier,
    endpoint: first?.place.name,
    model: first?.offering.model,
    rule: route.verdict.rule ?? null,
    output: outputDocument(resolved),
    label: profile.label,
    kinds: profile.kinds,
    difficulty: profile.difficulty,
    step: step ?? stepSeen?.class ?? null,
    step_source: step === undefined ? (stepSeen?.source ?? 'none') : stepSource,
    step_class: stepSeen?.class ?? null,
    routed: profile.routed ?? null,
    clearance: clearanceDocument(route.clearance.terms),
    consent: route.consent?.id ?? null,
    consent_use: route.consent?.use ?? null,
    route: route.offers.map(({ offering, place }) => ({
      endpoint: place.name,
      model: offering.model,
      tier: place.tier,
      price: offering.price.kind,
      price_version: offering.price.version,
    })),
    estimate_micro_usd: microUsdUp(estimateNanoUsd(resolved)),
  };
}

function clearanceDocument(terms: RecordedClearance): object {
  const { ceiling, shut, residency, retention, ownOnly } = terms;
  const open = { ceiling, residency: residency ?? null, retention, own_only: ownOnly };
  return shut === undefined ? open : { ...open, shut };
}

/** What the answer would be checked for, and what would follow; null: nothing. */
function outputDocument({ route, head }: Resolved): object | null {
  const rules = head.operation === 'embedding' ? undefined : route.verdict.output;
  if (rules === undefined) return null;
  return {
    asked_format: rules.askedFormat,
    json: rules.json,
    schema: rules.schema !== undefined,
    not_empty: rules.notEmpty,
    characters: { min: rules.charactersMin ?? null, max: rules.charactersMax ?? null },
    tokens: { min: rules.tokensMin ?? null, max: rules.tokensMax ?? null },
    tool_arguments: rules.toolArguments,
    confidence_min: rules.confidenceMin ?? null,
    declared_tools: head.declaredTools ?? null,
    retries: rules.retries,
    escalate: rules.escalate ?? null,
    escalates_to: route.better.map(({ offering, place }) => ({
      endpoint: place.name,
      model: offering.model,
      tier: place.tier,
    })),
    otherwise: rules.otherwise,
  };
}

/** Each request by its bytes: nothing of it is lost on the way through a parser. */
function readBatch(body: Uint8Array): Result<readonly Uint8Array[], Refusal> {
  const invalid = (message: string): Result<never, Refusal> =>
    no(refusal('body_invalid', message, { param: 'requests' }));
  const reading = readObject(body);
  if (reading.kind === 'invalid') {
    return invalid(`The body is not valid JSON at byte ${reading.at}: ${reading.why}.`);
  }
  const list = lastField(reading.fields, 'requests');
  if (list?.kind !== 'array') {
    return invalid('The field `requests` must be a list of request bodies.');
  }
  const requests: Uint8Array[] = [];
  let count = 0;
  const whole = innerElements(body, list.valueStart, ({ start, end }) => {
    count += 1;
    if (count <= SIMULATED_MAX) requests.push(body.subarray(start, end));
  });
  if (count > SIMULATED_MAX) return invalid(`At most ${SIMULATED_MAX} requests at a time.`);
  return whole ? yes(requests) : invalid('A request in the list cannot be read.');
}
