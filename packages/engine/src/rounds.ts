// What happens without a call: every endpoint that is switched on is asked about itself, at the
// start, when the documents were swapped, and again and again. Only what is free is asked, under a
// clearance; to what is switched off, or lacks its key, nothing is sent. What is told goes into
// `Live`, its changes into the log and the journal. A round that fails harms no call.
import {
  type Clearance,
  type EndpointName,
  endpointName,
  type FaultCode,
  type Place,
  type TenantName,
  within,
} from '@signalbox/contract';
import { ask, type Heard } from './catalog/ask.ts';
import type { EndpointFacts } from './catalog/catalog.ts';
import { type Examination, examined } from './catalog/checklist.ts';
import { teachesSame, withLearnt } from './catalog/learnt.ts';
import { type Asked, type ProbeAnswer, probesOf, probesOfModels, seenIn } from './catalog/probe.ts';
import { mergeProbe, NOTHING_KNOWN } from './catalog/probe-facts.ts';
import { isUnconnected } from './dispatch/visit.ts';
import type { House, Live, Snapshot } from './house.ts';
import { clear } from './resolve/clear.ts';
import { prepare } from './resolve/view.ts';
import { tellChanges } from './settle/changes.ts';
import { NODE_ITSELF, type TenantFacts, type Tenants } from './tenant/tenant.ts';

/** Endpoints that are asked at the same time; of each, one question at a time. */
export const ASKED_AT_ONCE_MAX = 20;
export const EVERY_MS = 30_000;
const EVERY_MS_MIN = 1_000;
/** A pause is up to this much shorter or longer, so that nothing falls in step. */
const JITTER = 0.2;
/** As often is one that somebody waits for begun again when the documents change meanwhile. */
const NOW_TRIES_MAX = 3;

/** The documents with what was learnt where they say nothing. */
export function learned(snapshot: Snapshot, { probes }: Live): Snapshot {
  if (probes.size === 0) return snapshot;
  const catalog = withLearnt(snapshot.catalog, probes);
  prepare(catalog);
  return { ...snapshot, catalog };
}

/** One endpoint in one round. */
type Visit = {
  readonly endpoint: EndpointFacts;
  readonly answers: ProbeAnswer[];
  isOver: boolean;
  giveUp: () => void;
};
/** What a visit was told; `fault`: why it ended early. */
type AskedNow = {
  readonly answers: readonly ProbeAnswer[];
  readonly fault: FaultCode | undefined;
};
type Way = {
  readonly place: Place;
  readonly clearance: Clearance;
  readonly tenant: TenantName;
};

export class Rounds {
  readonly #house: House;
  readonly #taught: () => void;
  readonly #due = new Set<EndpointName>();
  readonly #timers = new Map<EndpointName, () => void>();
  readonly #visits = new Set<Visit>();
  /** Beside their turn. */
  readonly #now = new Set<Visit>();
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

  /**
   * Whether calls may go to an endpoint that is new here: it is asked now, and what it told is held
   * against its documents and against those of whose it is.
   */
  async examine(text: string): Promise<Examination> {
    const name = endpointName(text);
    const asked = await this.#askNow(name);
    if (asked === 'busy') return { kind: 'busy' };
    const { live, now } = this.#house;
    const { catalog, tenants } = now();
    const endpoint = catalog.endpoints.get(name);
    const tenant = endpoint === undefined ? undefined : ownerOf(endpoint, tenants);
    if (endpoint === undefined || tenant === undefined) return { kind: 'unknown' };
    const place = catalog.placeOf(endpoint, tenant);
    const offerings = catalog.offerings.filter((one) => one.endpoint.name === name);
    const known = live.probes.get(name) ?? NOTHING_KNOWN;
    return examined({ endpoint, tenant, known, asked, place, offerings });
  }

  /**
   * Asks one endpoint beside its turn, and learns from it as from every round. `busy`: enough are
   * being asked so already. Undefined: nothing may be sent there.
   */
  async #askNow(name: EndpointName): Promise<AskedNow | 'busy' | undefined> {
    for (let times = 0; times < NOW_TRIES_MAX; times += 1) {
      const endpoint = this.#house.now().catalog.endpoints.get(name);
      const way = endpoint === undefined ? undefined : wayTo(endpoint, this.#house);
      if (endpoint === undefined || way === undefined || !isAsked(endpoint)) return undefined;
      if (this.#now.size >= ASKED_AT_ONCE_MAX) return 'busy';
      const visit = newVisit(endpoint);
      this.#now.add(visit);
      const last = await this.#round(visit, way);
      this.#now.delete(visit);
      // Cut short by a swap: it is asked again under the new documents.
      if (!visit.isOver) return { answers: visit.answers, fault: faultOf(last) };
    }
    return 'busy';
  }

  /** Nothing is sent and nothing learnt after it. */
  stop(): void {
    this.#due.clear();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const visit of [...this.#visits, ...this.#now]) {
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
      const visit = newVisit(endpoint);
      this.#visits.add(visit);
      void this.#visit(visit, way);
    }
  }

  async #visit(visit: Visit, way: Way): Promise<void> {
    const last = await this.#round(visit, way);
    if (visit.isOver) return;
    this.#visits.delete(visit);
    // What the border stopped is not tried again under these documents.
    if (faultOf(last) !== 'address_denied') this.#later(visit.endpoint);
    this.#next();
  }

  /** All that there is to ask; what came last. */
  async #round(visit: Visit, way: Way): Promise<Heard | undefined> {
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
    return last;
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
    // Whoever takes connections and is slow to talk about itself may be busy with calls.
    const isReached = seen.endpoint.reachable?.value === true;
    const met = isReached ? undefined : faultOf(last);
    if (isReached || (met !== undefined && isUnconnected(met))) {
      live.standings.probed(endpoint, met, ports.clock.monotonic());
    }
    const { queueDepth, running } = seen.endpoint;
    if (queueDepth !== undefined) {
      // Calls that it works on are ahead only where others wait behind them.
      const ahead = queueDepth.value === 0 ? 0 : queueDepth.value + (running?.value ?? 0);
      live.standings.queue(endpoint).told(ahead, ports.clock.monotonic());
    }
    tellChanges(endpoint, changes, ports);
    if (!teachesSame(now().catalog, name, [before, known])) this.#taught();
  }
}

const newVisit = (endpoint: EndpointFacts): Visit => ({
  endpoint,
  answers: [],
  isOver: false,
  giveUp: () => undefined,
});

const faultOf = (heard: Heard | undefined): FaultCode | undefined =>
  heard?.kind === 'fault' ? heard.code : undefined;

const addressOf = ({ origin, probe }: EndpointFacts): string => origin + probe.urlPath;

const isAsked = ({ enabled, unavailable, probe }: EndpointFacts): boolean =>
  enabled && unavailable === undefined && probe.kind.probe.length > 0;

const ownerOf = ({ tenant }: EndpointFacts, { tenants }: Tenants): TenantFacts | undefined =>
  tenant === undefined ? NODE_ITSELF : tenants.get(tenant);

/** Undefined: it belongs to a tenant whose own documents do not let it go there. */
function wayTo(endpoint: EndpointFacts, { now }: House): Way | undefined {
  const { catalog, tenants } = now();
  const tenant = ownerOf(endpoint, tenants);
  if (tenant === undefined) return undefined;
  const place = catalog.placeOf(endpoint, tenant);
  const clearance = clear('probe', { tenant, label: 'public', tierMax: undefined });
  const { name } = tenant;
  return within(clearance, place) === undefined ? { place, clearance, tenant: name } : undefined;
}
