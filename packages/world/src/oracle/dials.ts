// What must hold where something leaves the node, asked at every dial.
import type { DialRequest, Label } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import {
  type CallFacts,
  type Dial,
  type EntryFacts,
  headerOf,
  type Report,
  type Version,
  wordOf,
} from '../facts.ts';
import { type Clocks, consentOf, type Moments } from './consent.ts';
import { labelsOf, reasonsAgainst, tierAt } from './egress.ts';

export type DialTools = {
  readonly report: Report;
  readonly clocks: Clocks;
  /** Dials that are open now, this one among them. */
  readonly open: () => readonly Dial[];
};

export function judgeDial(dial: Dial, request: DialRequest, tools: DialTools): void {
  const { call, endpoint, entry } = dial;
  const say = (invariant: Parameters<Report>[0], detail: string): void =>
    tools.report(invariant, `dial ${dial.number} to ${endpoint}: ${detail}`, wordOf(call));
  if (call.wish.kind === 'dry-run') say('dry-run-dry', 'a dry run dials');
  if (entry === undefined) {
    say('journal-first', 'no hold was written before');
    return;
  }
  const against = refused(call, { endpoint, entry }, tools);
  if (against !== undefined) say('egress-within', against);
  const isEntitled = entry.versions.some((one) => isIncluded(one.configuration, dial));
  if (!isEntitled) say('egress-within', `${dial.model} is not in the plan or the key`);
  if (call.releasedTurn !== undefined) say('one-way-door', 'a part was released before');
  const gone = call.sight === 'left' || call.sight === 'reset';
  if (gone && call.overAt !== dial.at) say('abort-within', 'the caller had gone');
  judgePlace(dial, request, entry.versions, say);
  judgeBytes(call, request, say);
  judgePlaces(dial, entry.versions, tools, say);
  judgeCount(dial, entry.versions, say);
  judgeRepetition(dial, tools, say);
}

type Say = (invariant: Parameters<Report>[0], detail: string) => void;

type Going = { readonly endpoint: string; readonly entry: EntryFacts };

/** Undefined when one of the versions lets the call go there, and so do those it first met. */
export function refused(
  call: CallFacts,
  going: Going,
  { clocks }: Pick<DialTools, 'clocks'>,
): string | undefined {
  const { about, tenant } = call.wish;
  if (about !== undefined && call.maker?.wish.tenant !== tenant) return `${about} is not its own`;
  const against = labelsOf(call).map((label) => refusedAs(label, call, going, clocks));
  return against.includes(undefined) ? undefined : against[0];
}

function refusedAs(
  label: Label,
  call: CallFacts,
  { endpoint, entry }: Going,
  clocks: Clocks,
): string | undefined {
  const { wish } = call;
  const { versions } = entry;
  const now = versions.map(({ name, configuration: documents }) => {
    const consent = consentOf(call, { documents, label, moments: momentsOf(call, entry, clocks) });
    if (consent.kind === 'refused') return { name, reasons: [NO_CONSENT] };
    const { lift } = consent;
    return { name, reasons: reasonsAgainst({ documents, wish, label, lift }, endpoint) };
  });
  if (now.every(({ reasons }) => reasons.length > 0)) {
    const [first] = now;
    return `${first?.name} forbids it: ${first?.reasons.map(({ text }) => text).join(', ')}`;
  }
  // A parked call comes back equal or lower, whatever the documents allow meanwhile.
  const [begun] = call.entries;
  const then = (begun?.versions ?? []).flatMap(({ name, configuration: met }) => {
    const consent = consentOf(call, { documents: met, label, moments: clocks(call.at, call.at) });
    const lift = consent.kind === 'refused' ? undefined : consent.lift;
    return versions.map(({ configuration: documents }) => {
      const reasons = reasonsAgainst({ documents, wish, label, met, lift }, endpoint);
      return { name, reasons: reasons.filter(({ bound }) => bound) };
    });
  });
  if (then.length === 0 || then.some(({ reasons }) => reasons.length === 0)) return undefined;
  return `${then[0]?.name}, which it first met, forbids it: ${then[0]?.reasons[0]?.text}`;
}

const NO_CONSENT = { text: 'the consent that it names does not hold', bound: false };

/** What clocks said when it was decided: the first time, when the call came. */
const momentsOf = (call: CallFacts, entry: EntryFacts, clocks: Clocks): Moments =>
  entry === call.entries[0] ? clocks(call.at, call.at) : clocks(...entry.decided);

function isIncluded(documents: Configuration, { call, endpoint, model }: Dial): boolean {
  const { tenant, keyName } = call.wish;
  const name = documents.endpoints.get(endpoint)?.models.get(model)?.name ?? model;
  const plan = documents.plans.get(documents.tenants.get(tenant)?.plan ?? '');
  return [plan?.models, documents.keys.get(keyName)?.models].every(
    (patterns) => patterns === undefined || patterns.some((one) => fits(one, name)),
  );
}

/** Patterns of the world are names, or begin one and end with a star. */
const fits = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;

function judgePlace(
  { endpoint }: Dial,
  { place, path, credential }: DialRequest,
  versions: readonly Version[],
  say: Say,
): void {
  const urls = versions.map(({ configuration }) => configuration.endpoints.get(endpoint)?.url);
  const documented = urls.some((text) => {
    const url = text === undefined ? undefined : new URL(text);
    return url?.origin === place.origin && path.startsWith(`${url.pathname}/`);
  });
  if (!documented) say('dial-asserted', `${place.origin}${path} is not where it stands`);
  if (credential === undefined) return;
  const isHome = credential.value.reveal() === `upstreamsecret ${endpoint}`;
  if (credential.origin !== place.origin || !isHome) {
    say('credential-home', `the credential ${credential.name} goes to ${place.origin}`);
  }
}

function judgeBytes({ wish }: CallFacts, { headers, body }: DialRequest, say: Say): void {
  for (const [name, value] of headers) {
    if (/sbx_|canary/.test(value))
      say('credential-home', `the header ${name} came from the caller`);
  }
  const text = new TextDecoder().decode(body);
  const others = text.match(/canaryp\w+?x/g)?.filter((one) => one !== wish.canary) ?? [];
  if (!text.includes(wish.canary) || others.length > 0) {
    say('bytes-stay', 'the body is not the one of its caller');
  }
  const isOdd = text.includes('12345678901234567890');
  if (wish.canary.startsWith('canaryprompt') && !isOdd) {
    say('bytes-stay', 'a field that nobody knows did not pass');
  }
}

function judgePlaces(
  { call, endpoint }: Dial,
  versions: readonly Version[],
  { open }: DialTools,
  say: Say,
): void {
  const inFlight = open().filter((one) => one.endpoint === endpoint).length + 1;
  const most = greatest(versions, (one) => one.endpoints.get(endpoint)?.inFlightMax);
  if (inFlight > most) say('places-bounded', `${inFlight} in flight, ${most} allowed`);
  const { tenant } = call.wish;
  // Two attempts beside each other are one call.
  const others = open().filter((one) => one.call !== call && one.call.wish.tenant === tenant);
  const ofTenant = 1 + new Set(others.map((one) => one.call)).size;
  const planned = greatest(versions, (one) => {
    const plan = one.plans.get(one.tenants.get(tenant)?.plan ?? '');
    return plan?.inFlightMax ?? Number.POSITIVE_INFINITY;
  });
  if (ofTenant > planned) {
    say('places-bounded', `${tenant} has ${ofTenant} calls in flight, ${planned} are in its plan`);
  }
}

/** Under one idempotency key one call runs at a time. */
function judgeRepetition({ call }: Dial, { open }: DialTools, say: Say): void {
  const key = headerOf(call.wish.headers, 'idempotency-key');
  if (key === undefined) return;
  const other = open().find(
    (one) =>
      one.call !== call &&
      one.call.wish.keyName === call.wish.keyName &&
      headerOf(one.call.wish.headers, 'idempotency-key') === key,
  );
  if (other !== undefined) say('one-at-a-time', `dial ${other.number} runs under the same key`);
}

function judgeCount(
  { call, endpoint, model, entry }: Dial,
  versions: readonly Version[],
  say: Say,
): void {
  const inEntry = call.dials.filter((one) => one.entry === entry);
  const here = inEntry.filter((one) => one.endpoint === endpoint && one.model === model).length;
  const most = 1 + greatest(versions, (one) => one.endpoints.get(endpoint)?.retries);
  if (here > most) say('no-extra-calls', `${here} calls to one offer, ${most} allowed`);
  const places = [...new Set(inEntry.map((one) => one.endpoint))];
  const models = new Set(inEntry.map((one) => one.model)).size;
  const mayFallBack = versions.some(({ configuration }) => fallsBack(configuration, call));
  // The same model on the same tier, in several places, is one wish; so is whatever meets a need.
  const isOneWish = models === 1 || call.wish.model.startsWith('need:');
  const areEqual = versions.some(({ configuration }) => {
    const tiers = places.map((place) => tierAt(configuration, call.wish.tenant, place));
    return isOneWish && new Set(tiers).size === 1;
  });
  if (places.length > 1 && !mayFallBack && !areEqual) {
    say('no-extra-calls', `${places.length} endpoints without a chain`);
  }
}

const greatest = (
  versions: readonly Version[],
  of: (configuration: Configuration) => number | undefined,
): number => Math.max(0, ...versions.map(({ configuration }) => of(configuration) ?? 0));

function fallsBack(documents: Configuration, { wish }: CallFacts): boolean {
  if (documents.aliases.has(wish.model)) return true;
  const policies = documents.tenants.get(wish.tenant)?.policies ?? [];
  return policies.some((name) => {
    const policy = documents.policies.get(name);
    const { cloudUnavailable, localUnavailable, tooSlow } = policy?.fallback ?? {};
    if (tooSlow !== undefined) return true;
    const chained = policy?.rules.some(({ route }) => (route.chain ?? route.model) !== undefined);
    return chained === true || cloudUnavailable !== undefined || localUnavailable !== undefined;
  });
}
