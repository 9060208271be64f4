// Brings a call as far as resolve and answers what it said: shared by the tests of this room.
import assert from 'node:assert/strict';
import type { Refusal } from '@signalbox/contract';
import type { Classified } from '../classify/classify.ts';
import { type Built, chatOf, type Heads } from '../house.fixture.ts';
import { enter } from '../line.ts';
import { type Gate, gateNames } from './gates.table.ts';
import { type Resolved, resolve, survey } from './resolve.ts';

export async function classified(
  built: Built,
  body: object | string,
  head: Heads = {},
): Promise<Classified> {
  const call = built.call(body, head);
  const entered = await enter(call, built.house, { seen: call });
  assert.ok(entered.ok, entered.ok ? '' : entered.refusal.message);
  return entered.value;
}

export type Resolution = {
  readonly call: Classified;
  readonly resolved: Resolved | undefined;
  readonly refusal: Refusal | undefined;
  /** `endpoint/model` of every offer, in order. */
  readonly offers: readonly string[];
  /** Of every candidate, the gates that refused it. */
  readonly gates: Readonly<Record<string, readonly Gate[]>>;
};

export async function resolution(
  built: Built,
  model: string | object,
  head: Heads = {},
): Promise<Resolution> {
  const body = typeof model === 'string' ? chatOf(model) : model;
  const call = await classified(built, body, head);
  const { catalog, policies, consents } = built.house.now();
  const facts = { catalog, policies, consents, closings: built.house.live.order };
  const surveyed = survey(call, facts);
  const seen = surveyed.ok ? surveyed.value.field.candidates() : [];
  const gates = seen.map((one) => [nameOf(one.offering), gateNames(one.gates)] as const);
  const resolved = resolve(call, facts);
  return {
    call,
    resolved: resolved.ok ? resolved.value : undefined,
    refusal: resolved.ok ? undefined : resolved.refusal,
    offers: resolved.ok ? resolved.value.route.offers.map((one) => nameOf(one.offering)) : [],
    gates: Object.fromEntries(gates),
  };
}

const nameOf = (one: { endpoint: { name: string }; upstream: string }): string =>
  `${one.endpoint.name}/${one.upstream}`;

/** A probe of that endpoint was refused just now. */
export function refused({ house, clock }: Built, name: string): void {
  const endpoint = house.now().catalog.endpoints.get(name);
  if (endpoint !== undefined)
    house.live.standings.probed(endpoint, 'connect_failed', clock.monotonic());
}
