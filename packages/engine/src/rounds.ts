// What happens without a call: every endpoint that is switched on is asked about itself, at the
// start, when the documents were swapped, and again and again. Only what is free is asked, under a
// clearance; to what is switched off, or lacks its key, nothing is sent. What is told goes into
// `Live`, its changes into the log and the journal. A round that fails harms no call.
import { type Clearance, type EndpointName, type Place, within } from '@signalbox/contract';
import { ask, type Heard } from './catalog/ask.ts';
import type { EndpointFacts } from './catalog/catalog.ts';
import { teachesSame, withLearnt } from './catalog/learnt.ts';
import { type Asked, type ProbeAnswer, probesOf, probesOfModels, seenIn } from './catalog/probe.ts';
import { mergeProbe, NOTHING_KNOWN } from './catalog/probe-facts.ts';
import type { House, Live, Snapshot } from './house.ts';
import { clear } from './resolve/clear.ts';
import { tellChanges } from './settle/changes.ts';
import { NODE_ITSELF } from './tenant/tenant.ts';

/** Endpoints that are asked at the same time; of each, one question at a time. */
export const ASKED_AT_ONCE_MAX = 20;
export const EVERY_MS = 30_000;
const EVERY_MS_MIN = 1_000;
/** A pause is up to this much shorter or longer, so that nothing falls in step. */
const JITTER = 0.2;

/** The documents with what was learnt where they say nothing. */
export const learned = (snapshot: Snapshot, { probes }: Live): Snapshot =>
  probes.size === 0 ? snapshot : { ...snapshot, catalog: withLearnt(snapshot.catalog, probes) };

/** One endpoint in one round. */
type Visit = {
  readonly endpoint: EndpointFacts;
  readonly answers: ProbeAnswer[];
  isOver: boolean;
  giveUp: () => void;
};
type Way = { readonly place: Place; readonly clearance: Clearance };

export class Rounds {
  readonly #house: House;
  readonly #taught: () => void;
  readonly #due = new Set<EndpointName>();
  readonly #timers = new Map<EndpointName, () => void>();
  readonly #visits = new Set<Visit>();
  /** Where each endpoint of `live.probes` was. */
  readonly #addresses = new Map<EndpointName, string>();

  /** @param taught something was learnt that `learned` shows. */
  constructor(house: House, taught: () => void) {
    this.#house = house;
    this.#taught = taught;
  }

  /** At the start, and after a swap of the documents. */
  begin(): void {
    this.stop();
    const { endpoints } = this.#house.now().catalog;
    const { probes } = this.#house.live;
    for (const name of probes.keys()) {
      const endpoint = endpoints.get(name);
      const isSame = endpoint !== undefined && addressOf(endpoint) === this.#addresses.get(name);
      if (isSame && isAsked(endpoint)) continue;
      probes.delete(name);
      this.#addresses.delete(name);
    }
    for (const endpoint of endpoints.values()) if (isAsked(endpoint)) this.#due.add(endpoint.name);
    this.#next();
  }

  /** Nothing is sent and nothing learnt after it. */
  stop(): void {
    this.#due.clear();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const visit of this.#visits) {
      visit.isOver = true;
      visit.giveUp();
    }
    this.#visits.clear();
  }

  #next(): void {
    for (const name of this.#due) {
      if (this.#visits.size >= ASKED_AT_ONCE_MAX) return;
      this.#due.delete(name);
      const endpoint = this.#house.now().catalog.endpoints.get(name);
      const way = endpoint === undefined ? undefined : wayTo(endpoint, this.#house);
      if (endpoint === undefined || way === undefined) continue;
      const giveUp = (): void => undefined;
      const visit: Visit = { endpoint, answers: [], isOver: false, giveUp };
      this.#visits.add(visit);
      void this.#visit(visit, way);
    }
  }

  async #visit(visit: Visit, way: Way): Promise<void> {
    const { endpoint } = visit;
    const { live, ports } = this.#house;
    const { kind, urlPath } = endpoint.probe;
    let last: Heard | undefined;
    try {
      const isBusy = live.pools.slots.inFlight(endpoint.name) > 0;
      last = await this.#ask(visit, way, probesOf(kind, urlPath, isBusy));
      const known = live.probes.get(endpoint.name) ?? NOTHING_KNOWN;
      if (last?.kind === 'answer') {
        await this.#ask(visit, way, probesOfModels(kind, urlPath, known, ports.clock.now()));
      }
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      ports.sink.log('error', 'probe-failed', { endpoint: endpoint.name, name });
    }
    if (visit.isOver) return;
    this.#visits.delete(visit);
    // What the border stopped is not tried again under these documents.
    if (last?.kind !== 'fault' || last.code !== 'address_denied') this.#later(endpoint);
    this.#next();
  }

  #later({ name, probe }: EndpointFacts): void {
    const { clock, random } = this.#house.ports;
    const share = (random.bytes(1)[0] ?? 0) / 255; // 0 to 1
    const everyMs = Math.max(EVERY_MS_MIN, probe.everyMs ?? EVERY_MS);
    const again = (): void => {
      this.#timers.delete(name);
      this.#due.add(name);
      this.#next();
    };
    this.#timers.set(name, clock.after(everyMs * (1 - JITTER + 2 * JITTER * share), again));
  }

  /** One after the other; whoever does not answer is asked nothing more. */
  async #ask(visit: Visit, way: Way, questions: readonly Asked[]): Promise<Heard | undefined> {
    const { upstream } = this.#house.ports;
    const { endpoint, answers } = visit;
    const answered = new Set<string>();
    let heard: Heard | undefined;
    for (const asked of questions) {
      const { purpose } = asked.request;
      if (asked.model === undefined && answered.has(purpose)) continue;
      const question = { endpoint, ...way, asked };
      heard = await new Promise<Heard>((resolve) => {
        const abort = ask(upstream, question, resolve);
        visit.giveUp = () => {
          abort();
          resolve({ kind: 'fault', code: 'aborted' });
        };
      });
      if (visit.isOver) return heard;
      if (heard.kind === 'answer' && heard.status < 300) answered.add(purpose);
      if (heard.kind === 'long') continue;
      answers.push({ asked, answer: heard.kind === 'answer' ? heard : undefined });
      if (heard.kind === 'fault') break;
    }
    if (heard !== undefined) this.#learn(endpoint, answers, heard);
    return heard;
  }

  #learn(endpoint: EndpointFacts, answers: readonly ProbeAnswer[], last: Heard): void {
    const { live, ports, now } = this.#house;
    const { name } = endpoint;
    const at = ports.clock.now();
    const before = live.probes.get(name) ?? NOTHING_KNOWN;
    const seen = seenIn(endpoint.probe.kind, answers, at);
    const { known, changes } = mergeProbe(before, seen, at);
    live.probes.set(name, known);
    this.#addresses.set(name, addressOf(endpoint));
    if (seen.endpoint.reachable?.value === true) live.health.reached(name);
    // Whoever takes connections and is slow to talk about itself may be busy with calls.
    else if (last.kind === 'fault' && REFUSED.has(last.code)) live.health.unreachable(name);
    tellChanges(endpoint, changes, ports);
    if (!teachesSame(now().catalog, name, [before, known])) this.#taught();
  }
}

const REFUSED: ReadonlySet<string> = new Set(['connect_failed', 'connect_timeout']);

const addressOf = ({ origin, probe }: EndpointFacts): string => origin + probe.urlPath;

const isAsked = ({ enabled, unavailable, probe }: EndpointFacts): boolean =>
  enabled && unavailable === undefined && probe.kind.probe.length > 0;

/** Undefined: it belongs to a tenant whose own documents do not let it go there. */
function wayTo(endpoint: EndpointFacts, { now }: House): Way | undefined {
  const { catalog, tenants } = now();
  const tenant = endpoint.tenant === undefined ? NODE_ITSELF : tenants.tenants.get(endpoint.tenant);
  if (tenant === undefined) return undefined;
  const place = catalog.placeOf(endpoint, tenant);
  const clearance = clear('probe', { tenant, label: 'public', tierMax: undefined });
  return within(clearance, place) === undefined ? { place, clearance } : undefined;
}
