// One world from one seed: a gateway that may die and start again, callers, model servers, a disk
// and clocks that misbehave; first a storm, then a calm in which everything must have come to rest,
// then a last start over the same disk. The same seed gives the same world, event by event.
import { type DialRequest, type Keys, type Random, Secret, unreachable } from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import type { SecretReference } from '@signalbox/documents';
import { type LogEvent, lineOf, Outbox } from '@signalbox/ports';
import { mintApiKey } from '@signalbox/trust';
import { nodeKeys } from '@signalbox/trust/node';
import { Chance } from './chance.ts';
import { Callers } from './client/callers.ts';
import { probeWish } from './client/wish.ts';
import { healedDocuments } from './documents/change.ts';
import {
  type Breach,
  type CallFacts,
  type Dial,
  History,
  type Report,
  type Wish,
} from './facts.ts';
import { type BadDisk, badDisk } from './node/bad-disk.ts';
import { worldKeyring } from './node/keyring.ts';
import type { Border } from './node/life.ts';
import { listeningSink } from './node/listener.ts';
import { Lives, wordsOf } from './node/lives.ts';
import { Archive } from './oracle/archive.ts';
import { Beyond } from './oracle/beyond.ts';
import { Watch } from './oracle/watch.ts';
import type { Plant, Wrappers } from './plants/plant.ts';
import { EVERYTHING, type Setting } from './setting.ts';
import type { Deed, Planned } from './storm.ts';
import { drained, Timeline } from './timeline.ts';
import { Trace } from './trace.ts';
import { Collector } from './upstream/collector.ts';
import { Network } from './upstream/upstream.ts';

/** The evening before a month ends: windows turn in the middle of some worlds. */
const START_MS = Date.UTC(2026, 2, 31, 23, 59, 0);
const START_SPREAD_MS = 55_000;
const PEPPER_BYTES = 32;
const KEY_CHANCE_BYTES = 48;
const EARLIER_MAX = 12;
/** What all model servers say that they have. */
const PROBED = ['small-v1', 'medium-v1', 'large-v1', 'embedder-v1'] as const;
const REPEATABLE = 'idempotency-key';

export class World {
  readonly seed: number;
  readonly chance: Chance;
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly history: History = new History();
  readonly disk: BadDisk;
  readonly archive: Archive;
  readonly network: Network;
  readonly watch: Watch;
  readonly beyond: Beyond;
  readonly collector: Collector;
  readonly hooks: Collector;
  /** Endpoints, when they are asked about themselves. */
  readonly asked: Collector;
  /** What was stopped at the far end. */
  readonly blocked: DialRequest[] = [];
  readonly lives: Lives;
  readonly callers: Callers;
  readonly report: Report;
  breach: Breach | undefined;
  /** The latest that a clock on the wall has said. */
  latest = 0;
  deeds: Record<string, number> = {};
  deaths = 0;
  stormDeaths = 0;
  /** Values that the log did not write. */
  withheld = 0;
  /** Kept answers that were not what they should be. */
  unreadable = 0;
  readonly #setting: Setting;
  readonly #random: SeededRandom;
  readonly #keyTexts: ReadonlyMap<string, string>;
  readonly #earlier: Wish[] = [];
  /** A file: it outlives every death. */
  #outbox: Outbox | undefined;
  readonly #hasBeside: boolean;
  #calls = 0;

  constructor(seed: number, plant: Plant | undefined, setting: Setting = EVERYTHING) {
    this.seed = seed;
    this.#setting = setting;
    this.#hasBeside = new Chance(seed).fork('has beside').happens(setting.besideShare);
    this.chance = new Chance(seed);
    const start = START_MS + this.chance.fork('start').below(START_SPREAD_MS);
    this.timeline = new Timeline(start);
    this.trace = new Trace(() => this.timeline.monotonic());
    this.report = (invariant, detail, ...about) => {
      if (setting.judged?.has(invariant) === false) return;
      this.breach ??= { invariant, detail, about: about.filter((word) => word !== '') };
      this.trace.note(`BREACH ${invariant}: ${detail}`);
    };
    const { timeline, trace, report, history } = this;
    history.add(setting.documents(this.chance.fork('documents'), start), 0);
    this.#random = new SeededRandom(this.chance.fork('ids'));
    this.#keyTexts = keyTexts(history, this.chance.fork('keys'));
    const keys: Keys = nodeKeys(this.chance.fork('pepper').bytes(PEPPER_BYTES));
    this.disk = badDisk(seed, this.chance.fork('disk'), timeline);
    this.archive = new Archive(keys, report, this.chance.fork('projection'));
    this.asked = new Collector(
      { timeline, chance: this.chance.fork('probes') },
      (request) => this.beyond.probed(request),
      encode(`{"data":[${PROBED.map((id) => `{"id":"${id}"}`)}]}`),
    );
    this.hooks = new Collector({ timeline, chance: this.chance.fork('hooks') }, (request) =>
      this.beyond.newsTold(request),
    );
    this.network = new Network({
      floods: setting.floods,
      asked: this.#hasBeside ? this.asked.port() : undefined,
      timeline,
      trace,
      report,
      chance: this.chance.fork('network'),
      callOf: (traceId) => this.callers.byTrace(traceId),
      onDial: (dial, request) => {
        this.watch.dialled(dial, request);
        if (setting.judged !== undefined) this.beyond.dialled(dial, request);
      },
    });
    this.beyond = new Beyond({
      ...{ report, history },
      clocks: (from, to) => timeline.walls(from, to),
      calls: () => this.callers.all,
      callOf: (traceId) => this.callers.byTrace(traceId),
    });
    this.collector = new Collector({ timeline, chance: this.chance.fork('collector') }, (request) =>
      this.beyond.exported(request),
    );
    const openDials = (): readonly Dial[] => this.network.open();
    const taken = (name: string): number => this.lives.life?.live.pools.slots.inFlight(name) ?? 0;
    const { archive } = this;
    this.watch = new Watch({ timeline, trace, report, history, archive, openDials, taken });
    this.lives = this.#newLives(keys, plant?.make(setting.asserts) ?? {});
    this.callers = new Callers({
      timeline,
      trace,
      report,
      history,
      lives: this.lives,
      watch: this.watch,
      firstDrawn: (during) => this.#random.firstDrawn(during),
    });
  }

  /** What was planned for the storm. */
  do(deed: Deed): void {
    this.deeds[deed.kind] = (this.deeds[deed.kind] ?? 0) + 1;
    if (deed.kind !== 'call') this.trace.note(`deed ${Object.values(deed).join(' ')}`);
    switch (deed.kind) {
      case 'call':
        this.#call();
        break;
      case 'change':
        this.#change();
        break;
      case 'weather':
        this.network.weather(deed.endpoint, deed.weather);
        break;
      case 'kill':
      case 'power':
        this.die(deed.kind, this.chance.fork(`restart ${this.lives.number}`));
        break;
      case 'kill-at-write':
        this.#dieAtWrite('kill');
        break;
      case 'power-at-write':
        this.#dieAtWrite('power');
        break;
      case 'disk-full':
        this.disk.disk.limit(this.disk.disk.usedBytes() + deed.bytesLeft);
        break;
      case 'disk-free':
        this.disk.disk.limit(undefined);
        break;
      case 'disk-bad':
        this.disk.fail(deed.share);
        break;
      case 'jump':
        this.timeline.jump(deed.ms);
        this.latest = Math.max(this.latest, this.timeline.now());
        break;
      default:
        unreachable(deed);
    }
  }

  storm(): readonly Planned[] {
    const endpoints = [...this.history.now().configuration.endpoints.keys()];
    return this.#setting.storm(this.chance.fork('storm'), endpoints);
  }

  /** From now on nothing goes wrong any more. */
  calm(): void {
    this.network.calm();
    for (const one of [this.collector, this.hooks, this.asked]) one.calm();
    this.disk.disk.limit(undefined);
    this.disk.fail(0);
    this.history.add(healedDocuments(this.history.now().configuration), this.timeline.turn());
    this.lives.life?.swap();
  }

  /** The gateway dies, and is started again a little later. */
  die(how: 'kill' | 'power', chance: Chance): void {
    if (!this.lives.end(how)) return;
    this.deaths += 1;
    this.network.drop();
    for (const one of [this.collector, this.hooks, this.asked]) one.drop();
    this.callers.reset();
    this.timeline.after(chance.between(50, 2_000), () => this.lives.start());
  }

  probe(tenant: string): CallFacts {
    this.#calls += 1;
    return this.callers.begin(probeWish(this.#calls, tenant, this.#keyText(`${tenant}-main`)));
  }

  /** Nothing of it is asked any more. */
  close(): void {
    this.#outbox?.close();
  }

  /** Turns the timeline until the script has come to its end, or something is wrong. */
  async run(script: Promise<void>): Promise<void> {
    let over = false;
    script.then(
      () => {
        over = true;
      },
      (error: unknown) => {
        this.report('no-bug', `the script of the world threw: ${wordsOf(error)}`);
      },
    );
    const onRejection = (error: unknown): void =>
      this.report('no-bug', `nobody handles: ${wordsOf(error)}`);
    process.on('unhandledRejection', onRejection);
    try {
      await drained();
      while (!over && this.breach === undefined) {
        this.#turn();
        await drained();
      }
    } finally {
      process.off('unhandledRejection', onRejection);
    }
  }

  #turn(): void {
    try {
      if (!this.timeline.step()) this.report('no-bug', 'nothing happens any more');
      this.latest = Math.max(this.latest, this.timeline.now());
    } catch (error) {
      this.report('no-bug', `thrown: ${wordsOf(error)}`);
    }
  }

  #dieAtWrite(how: 'kill' | 'power'): void {
    const chance = this.chance.fork(`write ${this.lives.number} ${how}`);
    this.disk.onNextWrite(() => {
      this.timeline.after(chance.below(24) / 8, () => this.die(how, chance));
    });
  }

  #newLives(keys: Keys, wrappers: Wrappers): Lives {
    const { timeline, trace, report, history, archive, watch, disk } = this;
    const { judged } = this.#setting;
    return new Lives({
      timeline,
      trace,
      report,
      history,
      archive,
      watch,
      disk,
      keys,
      keyring: worldKeyring(this.chance.fork('data keys')),
      wrappers,
      random: this.#random,
      sink: listeningSink({
        ...{ trace, report },
        lineOf: (event) => this.#lineOf(event),
        onLine: judged === undefined ? undefined : (line) => this.beyond.logged(line),
      }),
      border: this.#border(),
      onWrite: judged === undefined ? undefined : (...all) => this.beyond.written(...all),
      upstream: this.network.port(),
      secretOf: (reference) => this.#secretOf(reference),
    });
  }

  #border(): Border {
    const { asserts } = this.#setting;
    return {
      onBlocked: asserts ? (_, request) => void this.blocked.push(request) : undefined,
      collector: this.collector.port(),
      random: new SeededRandom(this.chance.fork('spans')),
      beside: this.#hasBeside ? this.#beside() : undefined,
    };
  }

  #beside(): Border['beside'] {
    const random = new SeededRandom(this.chance.fork('beside'));
    this.#outbox = new Outbox(':memory:');
    return { outbox: this.#outbox, hooks: this.hooks.port(), random };
  }

  /** With its assertions the log writes what the real one writes, else all that it is told. */
  #lineOf(event: LogEvent): string {
    if (event.event === 'queue.unreadable') this.unreadable += 1;
    if (!this.#setting.asserts) return JSON.stringify(event.fields);
    const { text, withheld } = lineOf(event, []);
    this.withheld += withheld;
    return text;
  }

  #call(): void {
    this.#calls += 1;
    const chance = this.chance.fork(`call ${this.#calls}`);
    const keyText = (name: string): string => this.#keyText(name);
    const objects = this.network.shelf.all();
    const earlier = this.#earlier;
    const wish = this.#setting.wish(this.#calls, { chance, keyText, earlier, objects });
    if (wish.headers.includes(REPEATABLE) && this.#earlier.length < EARLIER_MAX) {
      this.#earlier.push(wish);
    }
    this.callers.begin(wish);
  }

  #change(): void {
    const before = this.history.now().configuration;
    const chance = this.chance.fork(`change ${this.history.all().length}`);
    const { configuration, what } = this.#setting.change(before, chance);
    const { name } = this.history.add(configuration, this.timeline.turn());
    this.trace.note(`${name}: ${what}`);
    this.lives.life?.swap();
  }

  #keyText(name: string): string {
    return this.#keyTexts.get(name) ?? '';
  }

  #secretOf({ value }: SecretReference): Secret | undefined {
    const [kind, name = ''] = value.split(' ');
    return new Secret(kind === 'KEY' ? this.#keyText(name) : `upstreamsecret ${name}`);
  }
}

/** Chance for ids, epochs and whatever else is drawn inside the gateway. */
class SeededRandom implements Random {
  readonly #chance: Chance;
  #first: Uint8Array | undefined;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  bytes(count: number): Uint8Array {
    const bytes = this.#chance.bytes(count);
    this.#first ??= bytes;
    return bytes;
  }

  firstDrawn(during: () => void): Uint8Array | undefined {
    this.#first = undefined;
    during();
    return this.#first;
  }
}

function keyTexts(history: History, chance: Chance): ReadonlyMap<string, string> {
  const names = [...history.now().configuration.keys.keys()];
  return new Map(names.map((name) => [name, mintApiKey('world', chance.bytes(KEY_CHANCE_BYTES))]));
}
