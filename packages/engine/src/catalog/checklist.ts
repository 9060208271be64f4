// What must hold before calls may go to an endpoint that somebody brought, line by line: each check
// says what was found, whether it must pass, and what would help. Read from what the endpoint told
// when it was asked, from its documents and from whose it is; nothing is sent for it.
import type { FaultCode, Place } from '@signalbox/contract';
import type { TenantFacts } from '../tenant/tenant.ts';
import type { EndpointFacts, Offering } from './catalog.ts';
import type { ProbeAnswer } from './probe.ts';
import { type EndpointKnown, type FactValues, FROM_KIND, factsOfModel } from './probe-facts.ts';
import { unconnectedWords } from './unconnected.ts';

export type CheckName =
  | 'reachable'
  | 'tls'
  | 'answers'
  | 'key'
  | 'models'
  | 'streaming'
  | 'tools'
  | 'context'
  | 'tier'
  | 'residency'
  | 'price';

export type Check = {
  readonly check: CheckName;
  /** `unknown`: it did not say, and nobody may be asked for money. */
  readonly state: 'passed' | 'failed' | 'unknown';
  /** Without it no call goes there. */
  readonly required: boolean;
  /** What was found. */
  readonly says: string;
  readonly hint: string | undefined;
};

/** `busy`: too many are being asked; in a moment there is room. */
export type Examination =
  | { readonly kind: 'unknown' | 'busy' }
  | {
      readonly kind: 'examined';
      readonly checks: readonly Check[];
      /** Calls may go there. */
      readonly fit: boolean;
      /** Somebody was there, whatever was said. */
      readonly answered: boolean;
      /** Models that it told, as it names them. */
      readonly models: readonly string[];
    };

export type Examined = {
  readonly endpoint: EndpointFacts;
  readonly place: Place;
  readonly tenant: TenantFacts;
  readonly offerings: readonly Offering[];
  readonly known: EndpointKnown;
  /** Undefined: nothing could be sent. */
  readonly asked:
    | { readonly answers: readonly ProbeAnswer[]; readonly fault: FaultCode | undefined }
    | undefined;
};

export function examined(facts: Examined): Examination {
  const checks = checklistOf(facts);
  const answered = facts.asked?.answers.some(({ answer }) => answer !== undefined) ?? false;
  const models = [...facts.known.models.keys()];
  return { kind: 'examined', checks, fit: isFit(checks), answered, models };
}

export function checklistOf(examined: Examined): readonly Check[] {
  return [
    reachable(examined),
    tls(examined),
    answers(examined),
    key(examined),
    models(examined),
    ability(examined, 'streaming'),
    ability(examined, 'tools'),
    context(examined),
    tier(examined),
    residency(examined),
    price(examined),
  ];
}

/** Every check that must pass has passed, or is about what nobody can ask. */
const isFit = (checks: readonly Check[]): boolean =>
  checks.every(({ state, required }) => !required || state !== 'failed');

const NAMES_SHOWN_MAX = 4;

const found = (
  check: CheckName,
  state: Check['state'],
  says: string,
  more: { readonly required?: boolean; readonly hint?: string } = {},
): Check => ({ check, state, says, required: more.required ?? false, hint: more.hint });

const needed = (check: CheckName, state: Check['state'], says: string, hint?: string): Check =>
  found(check, state, says, { required: true, ...(hint === undefined ? {} : { hint }) });

type Words = { readonly says: string; readonly hint: string };

const FAULTS: Partial<Readonly<Record<FaultCode, Words>>> = {
  address_denied: {
    says: 'its address may not be dialled: it is private, or one that nobody may dial',
    hint: 'use a public address, or ask the operator to allow this `host:port` in a file',
  },
  redirected: {
    says: 'it sends on to another address, and redirects are not followed',
    hint: 'add the address that it sends to',
  },
  clearance_exceeded: {
    says: 'what the tenant’s documents demand does not let anything go there',
    hint: 'look at topology, residency and retention of the tenant',
  },
};

function reachable({ endpoint, known, asked }: Examined): Check {
  if (endpoint.unavailable !== undefined) {
    return needed('reachable', 'failed', 'not asked without its key');
  }
  if (endpoint.probe.kind.probe.length === 0) {
    const says = `not asked: ${endpoint.kind} tells nothing for free`;
    return found('reachable', 'unknown', says, { hint: 'the first call will show' });
  }
  if (asked === undefined) {
    const hint = 'look at topology, residency and retention of the tenant, and whether it is on';
    return needed('reachable', 'failed', 'not asked: nothing may be sent there', hint);
  }
  const fact = known.endpoint.reachable;
  if (asked.fault === undefined && fact?.value === true) {
    return needed('reachable', 'passed', `answered \`${fact.from}\``);
  }
  const fault = asked.fault ?? 'status';
  const words = FAULTS[fault] ??
    unconnectedWords(fault) ?? { says: saysOf(asked.answers, fault), hint: 'look at its URL' };
  return needed('reachable', 'failed', words.says, words.hint);
}

function saysOf(answers: readonly ProbeAnswer[], fault: FaultCode): string {
  const statuses = statusesOf(answers);
  return statuses === '' ? `no answer (${fault})` : `it answered ${statuses}`;
}

const statusesOf = (answers: readonly ProbeAnswer[]): string =>
  answers
    .flatMap(({ asked, answer }) =>
      answer === undefined ? [] : [`${answer.status} to \`${asked.method} ${asked.path}\``],
    )
    .join(', ');

function tls({ endpoint, place }: Examined): Check {
  if (endpoint.origin.startsWith('https:')) {
    return needed('tls', 'passed', 'https; its certificate is checked at every connection');
  }
  if (place.privateAddress !== undefined) {
    return needed('tls', 'passed', 'none, and it stands at a private address that is allowed');
  }
  const says = 'none: prompts and the key would cross the network in clear';
  return needed('tls', 'failed', says, 'use its https address');
}

function answers({ endpoint, known, asked }: Examined): Check {
  const good = asked?.answers.find(({ answer }) => answer !== undefined && answer.status < 300);
  const version = known.endpoint.version?.value;
  const what = version === undefined ? endpoint.kind : `${endpoint.kind} ${version}`;
  if (good === undefined) return found('answers', 'unknown', 'nobody has said who it is');
  return found('answers', 'passed', `speaks like ${what}`);
}

function key({ endpoint, known }: Examined): Check {
  const { accepted, reachable: reached } = known.endpoint;
  if (endpoint.unavailable !== undefined) {
    const hint = 'set what its document names, where the gateway runs; or give it a key anew';
    return needed('key', 'failed', endpoint.unavailable, hint);
  }
  const has = endpoint.probe.credential !== undefined;
  if (accepted?.value === false) {
    return has
      ? needed('key', 'failed', `refused at \`${accepted.from}\``, 'replace the key')
      : needed('key', 'failed', `it wants one (\`${accepted.from}\`)`, 'give it a key');
  }
  if (!has && reached?.value !== true) return found('key', 'unknown', 'none; nobody has asked');
  if (!has) return needed('key', 'passed', 'none, and none is wanted');
  if (accepted === undefined) return found('key', 'unknown', 'there is one; it was not asked for');
  return needed('key', 'passed', `accepted at \`${accepted.from}\``);
}

function models({ endpoint, offerings, known }: Examined): Check {
  const told = [...known.models.keys()];
  const missing = offerings.filter(({ upstream }) => !isTold(known, upstream));
  if (offerings.length === 0) {
    const hint = 'say what it serves: `--model NAME`';
    const says = told.length === 0 ? 'it names none' : `it names ${told.length}: too many to take`;
    return needed('models', 'failed', says, hint);
  }
  const names = shown(offerings.map(({ model }) => model));
  if (told.length === 0 || endpoint.probe.kind.probe.length === 0) {
    return found('models', 'unknown', `${names}; it names none itself`);
  }
  if (missing.length === 0) return needed('models', 'passed', names);
  const hint = `it names ${shown(told)}`;
  const says = `it does not name ${shown(missing.map(({ upstream }) => upstream))}`;
  return needed('models', 'failed', says, hint);
}

const isTold = ({ models: told }: EndpointKnown, upstream: string): boolean =>
  told.has(upstream) || told.has(`${upstream}:latest`);

function shown(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN_MAX;
  return names.slice(0, NAMES_SHOWN_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function ability(examined: Examined, name: 'streaming' | 'tools'): Check {
  const facts = factsFor(examined, name);
  const [first] = facts;
  if (first === undefined) return found(name, 'unknown', 'it did not say');
  const from = first.from === FROM_KIND ? 'usual for its kind' : `\`${first.from}\``;
  const able = facts.some(({ value }) => value === true);
  return found(name, able ? 'passed' : 'unknown', `${able ? 'yes' : 'no'}, ${from}`);
}

type Told = { readonly value: FactValues[keyof FactValues]; readonly from: string };

function factsFor(
  { offerings, known }: Examined,
  name: 'streaming' | 'tools' | 'contextTokens',
): readonly Told[] {
  const ofModels = offerings.flatMap(({ upstream }) => factsOfModel(known, upstream)[name] ?? []);
  const whole = known.endpoint[name];
  return ofModels.length > 0 || whole === undefined ? ofModels : [whole];
}

function context(examined: Examined): Check {
  const stated = examined.offerings.flatMap(({ contextTokens }) => contextTokens ?? []);
  const told = factsFor(examined, 'contextTokens').map(({ value }) => Number(value));
  const tokens = stated.length > 0 ? stated : told;
  if (tokens.length === 0) return found('context', 'unknown', 'it did not say');
  return found('context', 'passed', `${Math.min(...tokens)} tokens and more`);
}

function tier({ endpoint, place }: Examined): Check {
  const near = place.privateAddress === undefined ? 'a public address' : 'a private address';
  const isStated = endpoint.declaredTier !== undefined && endpoint.tenant === undefined;
  return found('tier', 'passed', `${place.tier}: ${isStated ? 'stated' : near}`);
}

function residency({ place, tenant }: Examined): Check {
  if (tenant.residency === undefined) {
    return place.region === undefined
      ? found('residency', 'unknown', 'no region is declared, and none is demanded')
      : found('residency', 'passed', place.region);
  }
  const wanted = tenant.residency.join(', ');
  if (place.tier === 1) return needed('residency', 'passed', 'it stands on tier 1');
  if (place.region === undefined) {
    const says = `no region is declared, and calls may run in ${wanted} only`;
    return needed('residency', 'failed', says, 'declare where it runs: `--region REGION`');
  }
  const inside = tenant.residency.includes(place.region);
  const says = inside ? place.region : `${place.region}, and calls may run in ${wanted} only`;
  return needed('residency', inside ? 'passed' : 'failed', says);
}

function price({ offerings, tenant }: Examined): Check {
  const unknown = offerings.filter((one) => one.price.kind === 'unknown');
  if (offerings.length === 0) return found('price', 'unknown', 'of no model');
  if (unknown.length === 0) return found('price', 'passed', 'known of every model');
  const budgeted = tenant.budget === undefined ? '' : '; calls under a budget do not go there';
  const says = `not known of ${shown(unknown.map(({ model }) => model))}${budgeted}`;
  return found('price', 'unknown', says, { hint: 'state it with the endpoint, if it has one' });
}
