// What is known, from the calls themselves, of every place that calls go to: whether it fails, asks
// to be left alone, or is busy, and how long its first tokens take. Kept for each model at an
// endpoint, asked with one credential, and for the endpoint where the cause is the endpoint; never
// for a tenant. In memory and bounded, it survives a swap of the documents. It only ever closes a
// place: which places there are, and who may use them, was decided before.
import type { EndpointName, FaultCode } from '@signalbox/contract';
import type { CredentialFacts, EndpointFacts, Offering } from '../catalog/catalog.ts';
import { Affinity } from './affinity.ts';
import { Breaker, LINE_RULES, LOCAL_LINE_RULES } from './breaker.ts';
import { BUSY_RULES, CoolDown, LIMITED_RULES } from './cooldown.ts';
import { Gradient } from './gradient.ts';
import type { Hedging } from './hedge.ts';
import type { Latencies } from './latencies.ts';
import { Load, Queue } from './load.ts';
import { type Choice, Draws, NONE, pick } from './pick.ts';
import { Published } from './published.ts';
import { Reach, type Told } from './reach.ts';
import { RetryBudgets } from './retry-budget.ts';
import { Room } from './room.ts';

/**
 * `down`: it takes no connections; `tripped`: it fails too often; `limited`: it limits the rate;
 * `paused`: it failed and said when to come again.
 */
export type Closed = 'down' | 'tripped' | 'limited' | 'paused';

/** Models at endpoints that are remembered; of more, the one that came first is forgotten. */
export const STANDS_MAX = 20_000;

/** One credential of a model at an endpoint. */
export class Line implements Choice {
  readonly stand: Stand;
  readonly breaker: Breaker;
  readonly limited: CoolDown = new CoolDown(LIMITED_RULES);
  readonly paused: CoolDown = new CoolDown(LIMITED_RULES);
  credential: CredentialFacts | undefined;
  /** Where it stands in the lists of its endpoint and of every lane there. */
  at = 0;
  weight = 1;
  published: Published | undefined = undefined;
  /** What `published` was made of. */
  limits = '';

  constructor(stand: Stand, credential: CredentialFacts | undefined) {
    this.stand = stand;
    this.credential = credential;
    this.breaker = new Breaker(stand.isOwn ? LOCAL_LINE_RULES : LINE_RULES);
  }

  get load(): Load {
    return this.stand.load;
  }

  closed(tokens: number, now: number): Closed | undefined {
    if (!this.breaker.admits(now)) return 'tripped';
    if (this.limited.isOn(now)) return 'limited';
    if (this.paused.isOn(now)) return 'paused';
    return this.published !== undefined && this.published.waitMs(tokens, now) > 0
      ? 'limited'
      : undefined;
  }

  waitMs(tokens: number, now: number): number {
    const published = this.published?.waitMs(tokens, now) ?? 0;
    const asked = Math.max(this.limited.waitMs(now), this.paused.waitMs(now));
    return Math.max(this.breaker.waitMs(now), asked, published);
  }
}

/** Longer than anything stays closed by one failure. */
export const TROUBLE_MS = 900_000;

/** On the monotonic clock; shared by all places. */
export type Trouble = { until: number };

/** How long answers take to begin. */
export type Times = { readonly streams: Latencies; readonly wholes: Latencies };

/** What a model at an endpoint shares with others. */
type Shared = {
  readonly reach: Reach;
  readonly queue: Queue;
  readonly draws: Draws;
  readonly trouble: Trouble;
};

/** A model at an endpoint. */
export class Stand {
  /** A server of one's own: what takes long there is cold or busy, not broken. */
  readonly isOwn: boolean;
  /** Of the whole endpoint: only what keeps every model of it from being reached. */
  readonly endpoint: Reach;
  readonly draws: Draws;
  readonly trouble: Trouble;
  readonly load: Load;
  readonly busy: CoolDown = new CoolDown(BUSY_RULES);
  readonly room: Room = new Room();
  lines: readonly Line[] = [];
  /** Of the whole endpoint, where the documents let its places be learnt. */
  gradient: Gradient | undefined = undefined;
  /** Where a policy asks for hedges. */
  hedging: Hedging | undefined = undefined;
  /** Where a policy begins answers here when the time of a call runs out. */
  times: Times | undefined = undefined;

  constructor(isOwn: boolean, { reach, queue, draws, trouble }: Shared) {
    this.isOwn = isOwn;
    this.endpoint = reach;
    this.load = new Load(queue);
    this.draws = draws;
    this.trouble = trouble;
  }

  /** Undefined: a call may go out. */
  closed(tokens: number, now: number): Closed | undefined {
    if (!this.endpoint.admits(now)) return 'down';
    let why: Closed | undefined;
    for (const line of this.lines) {
      const one = line.closed(tokens, now);
      if (one === undefined) return undefined;
      // A pause has an end that is known.
      why = why === 'limited' ? why : one;
    }
    return why;
  }

  /** Milliseconds until it is open; 0: it is. */
  waitMs(tokens: number, now: number): number {
    const least = Math.min(...this.lines.map((line) => line.waitMs(tokens, now)));
    return Math.max(this.endpoint.waitMs(now), least);
  }

  /** The open line that takes the next call, by their weights, not `except`. */
  line(tokens: number, now: number, except?: Line): Line | undefined {
    if (!this.endpoint.admits(now)) return undefined;
    const { lines } = this;
    const [only] = lines;
    if (lines.length === 1) {
      return only === except || only?.closed(tokens, now) !== undefined ? undefined : only;
    }
    const open = lines.filter((one) => one !== except && one.closed(tokens, now) === undefined);
    const moment = { now, isStream: true, warm: NONE };
    return open.length === 0 ? undefined : open[pick(open, moment, this.draws)];
  }
}

/** Told which endpoint goes down, and which takes connections again. */
export type ToldOf = (event: Parameters<Told>[0], endpoint: EndpointName) => void;
type Located = Pick<EndpointFacts, 'name' | 'origin'>;

export class Standings {
  readonly draws: Draws;
  readonly retries: RetryBudgets = new RetryBudgets();
  readonly affinity: Affinity<Stand> = new Affinity();
  readonly #trouble: Trouble = { until: 0 };
  readonly #stands: Map<string, Stand> = new Map();
  readonly #endpoints: Map<string, Reach> = new Map();
  readonly #gradients: Map<string, Gradient> = new Map();
  readonly #queues: Map<string, Queue> = new Map();
  /** A swap of the documents makes new offerings: then the names are looked up once more. */
  readonly #known: WeakMap<Offering, Stand> = new WeakMap();

  readonly #told: ToldOf;

  constructor(seed: number, told: ToldOf = () => undefined) {
    this.draws = new Draws(seed);
    this.#told = told;
  }

  of(offering: Offering): Stand {
    const known = this.#known.get(offering);
    if (known !== undefined) return known;
    const stand = this.#named(offering);
    stand.lines = linesOf(stand, offering.endpoint);
    stand.gradient = this.#gradient(offering.endpoint);
    this.#known.set(offering, stand);
    return stand;
  }

  /** The one of a whole endpoint. */
  reach({ name, origin }: Located): Reach {
    const place = `${name}\n${origin}`;
    const known = this.#endpoints.get(place);
    if (known !== undefined) return known;
    const reach = new Reach((event) => this.#told(event, name));
    insert(this.#endpoints, place, reach);
    return reach;
  }

  /** What a round of questions met: an answer (undefined), or that no connection stood. */
  probed(endpoint: Located, met: FaultCode | undefined, now: number): void {
    this.reach(endpoint).probed(met, now, this.draws.next());
    if (met !== undefined) this.#trouble.until = Math.max(this.#trouble.until, now + TROUBLE_MS);
  }

  /** Of a whole endpoint: what it told of the calls that it has to do. */
  queue({ name, origin }: Located): Queue {
    const place = `${name}\n${origin}`;
    const known = this.#queues.get(place);
    if (known !== undefined) return known;
    const queue = new Queue();
    insert(this.#queues, place, queue);
    return queue;
  }

  get size(): number {
    return this.#stands.size;
  }

  /** Whether anything may be closed now. */
  isTroubled(now: number): boolean {
    return this.#trouble.until > now;
  }

  #gradient({ name, origin, inFlightLearnt, inFlightMax }: EndpointFacts): Gradient | undefined {
    if (!inFlightLearnt) return undefined;
    const place = `${name}\n${origin}`;
    const known = this.#gradients.get(place) ?? new Gradient(inFlightMax);
    if (!this.#gradients.has(place)) insert(this.#gradients, place, known);
    return known;
  }

  #named({ endpoint, upstream }: Offering): Stand {
    const isOwn = isOwnServer(endpoint);
    const place = `${endpoint.name}\n${endpoint.origin}`;
    const name = `${place}\n${upstream}\n${isOwn}`;
    const known = this.#stands.get(name);
    if (known !== undefined) return known;
    const [reach, queue] = [this.reach(endpoint), this.queue(endpoint)];
    const stand = new Stand(isOwn, { reach, queue, draws: this.draws, trouble: this.#trouble });
    insert(this.#stands, name, stand);
    return stand;
  }
}

function insert<T>(map: Map<string, T>, name: string, value: T): void {
  if (map.size >= STANDS_MAX) {
    // A Map keeps the order of insertion.
    const first = map.keys().next();
    if (first.done !== true) map.delete(first.value);
  }
  map.set(name, value);
}

/** Near to the node, or said to be: where nobody shares it who is not ours. */
const isOwnServer = ({ declaredTier, reach }: EndpointFacts): boolean =>
  declaredTier === undefined
    ? reach !== 'public'
    : declaredTier === 1 || isNear(declaredTier, reach);

const isNear = (tier: number, reach: EndpointFacts['reach']): boolean =>
  tier === 2 && reach !== 'public';

/** What was known of a credential holds while it stays the same one. */
function linesOf(stand: Stand, endpoint: EndpointFacts): readonly Line[] {
  const { credentials } = endpoint;
  if (credentials.length === 0) {
    const [known] = stand.lines;
    return known !== undefined && known.credential === undefined
      ? stand.lines
      : [new Line(stand, undefined)];
  }
  return credentials.map((credential, at) => {
    const known = stand.lines.find((one) => isSame(one.credential, credential));
    const line = known ?? new Line(stand, credential);
    line.credential = credential;
    line.at = at;
    line.weight = credential.weight;
    const { requestsPerMinuteMax, tokensPerMinuteMax } = credential.limits;
    const limits = `${requestsPerMinuteMax} ${tokensPerMinuteMax} ${endpoint.rateLimitBuffer}`;
    if (limits === line.limits) return line;
    line.limits = limits;
    const isLimited = requestsPerMinuteMax !== undefined || tokensPerMinuteMax !== undefined;
    line.published = isLimited
      ? new Published({ requestsPerMinuteMax, tokensPerMinuteMax }, endpoint.rateLimitBuffer)
      : undefined;
    return line;
  });
}

const isSame = (one: CredentialFacts | undefined, other: CredentialFacts): boolean =>
  one !== undefined &&
  one.name === other.name &&
  one.header === other.header &&
  one.value.reveal() === other.value.reveal();
