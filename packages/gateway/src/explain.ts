// A dry run: the same rooms up to resolve, no permit, no upstream call, nothing recorded. Every
// candidate with the gates that refused it, the rule that spoke, what it would cost at most.
import {
  type Call,
  microUsd,
  no,
  type Question,
  type Refusal,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';
import { readQuestion } from '@signalbox/dialect';
import { estimateNanoUsd, preview, type Resolved } from '@signalbox/engine';
import type { Exchange } from '@signalbox/ports';
import { readBody } from './body.ts';
import { candidateDocuments } from './decision.ts';
import { json, type Pages } from './page.ts';

/** Questions in one batch of `/v1/route/simulate`. */
export const SIMULATED_MAX = 100;

export async function explainCall(
  exchange: Exchange,
  how: 'one' | 'many',
  pages: Pages,
): Promise<void> {
  const call = pages.callFrom(exchange, 'chat');
  if (call === undefined) return;
  const { house } = pages;
  if (how === 'one') {
    const document = await explained(call, pages);
    if (document.ok) json(exchange, 200, document.value);
    else pages.refuse(exchange, document.refusal);
    return;
  }
  const body = await readBody(exchange, house.now().bodyBytesMax, house.now().bodyMsMax);
  const questions = body.ok ? readBatch(body.value) : body;
  if (!questions.ok) return pages.refuse(exchange, questions.refusal);
  const data: object[] = [];
  for (const question of questions.value) {
    const one = await explained({ ...call, body: async () => question }, pages);
    if (!one.ok && one.refusal.code.startsWith('key_')) return pages.refuse(exchange, one.refusal);
    data.push(one.ok ? one.value : { object: 'route', refused: one.refusal });
  }
  json(exchange, 200, { object: 'list', data });
}

async function explained(call: Call, { house }: Pages): Promise<Result<object, Refusal>> {
  const seen = await preview(call, house);
  if (!seen.ok) return seen;
  const { resolved, identity, candidates } = seen.value;
  const explains = identity.key.scopes.has('explain');
  const documents = candidateDocuments(candidates);
  return yes({
    object: 'route',
    allowed: resolved.ok,
    refusal: resolved.ok
      ? null
      : { code: resolved.refusal.code, message: resolved.refusal.message },
    ...(resolved.ok ? routeDocument(resolved.value) : {}),
    candidates: explains
      ? documents
      : documents.map(({ endpoint, tier, gates }) => ({ endpoint, tier, gates })),
  });
}

function routeDocument(resolved: Resolved): object {
  const { route, profile, step } = resolved;
  const [first] = route.offers;
  const { ceiling, residency, retention, ownOnly } = route.clearance.terms;
  return {
    tier: first?.place.tier,
    endpoint: first?.place.name,
    model: first?.offering.model,
    rule: route.verdict.rule ?? null,
    label: profile.label,
    kinds: profile.kinds,
    difficulty: profile.difficulty,
    step: step ?? null,
    clearance: { ceiling, residency: residency ?? null, retention, own_only: ownOnly },
    route: route.offers.map(({ offering, place }) => ({
      endpoint: place.name,
      model: offering.model,
      tier: place.tier,
      price: offering.price.kind,
    })),
    estimate_micro_usd: microUsd(estimateNanoUsd(resolved)),
  };
}

function readBatch(body: Uint8Array): Result<readonly Result<Question, Refusal>[], Refusal> {
  const invalid = (message: string): Result<never, Refusal> => no(refusal('body_invalid', message));
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return invalid('The body is not valid JSON.');
  }
  const list: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'requests') : undefined;
  if (!Array.isArray(list))
    return invalid('The field `requests` must be a list of request bodies.');
  if (list.length > SIMULATED_MAX) return invalid(`At most ${SIMULATED_MAX} requests at a time.`);
  const encoder = new TextEncoder();
  return yes(list.map((one) => readQuestion('chat', encoder.encode(JSON.stringify(one)))));
}
