// The scanner's second stage on the line: where a tenant asks for it, the content is read by a
// model on tier 1 before the call is classified. It is asked under a clearance for the worst that a
// text may hold, through the same dial as everything else, and within bounds of length, time and
// rate. A call of any other tenant passes through here without a promise of its own.
import {
  type Clearance,
  type FaultCode,
  type Place,
  type SecondStage,
  within,
} from '@signalbox/contract';
import { encode, questionIn, readAnswerOf, render } from '@signalbox/dialect';
import type { SecondStageDocument } from '@signalbox/documents';
import { ask, type Heard } from './catalog/ask.ts';
import type { Offering } from './catalog/catalog.ts';
import type { EndpointLane } from './catalog/ways.ts';
import { type Content, readContent } from './classify/reading.ts';
import {
  askedAbout,
  isWorthAsking,
  readTold,
  type Told,
  withTold,
} from './classify/second-stage.ts';
import { windowsOf } from './classify/windows.ts';
import type { House } from './house.ts';
import { meantIn } from './resolve/asked.ts';
import { clear } from './resolve/clear.ts';
import { viewOf } from './resolve/view.ts';
import type { Joined } from './session/session.ts';

/** What the scanner finds in the content, and the second stage where the tenant asks for it. */
export function contentOf(
  call: Joined,
  house: House,
  isDry: boolean | undefined,
): Content | Promise<Content> {
  const content = readContent(call, house.ports.clock);
  const { secondStage } = call.tenant;
  if (secondStage === undefined) return content;
  return withSecondStage(call, content, new Reader(call, secondStage, house, isDry === true));
}

async function withSecondStage(
  call: Joined,
  scanned: Content | Promise<Content>,
  reader: Reader,
): Promise<Content> {
  const content = await scanned;
  if (!isWorthAsking(call, content)) return content;
  const secondStage = await reader.read();
  Object.assign(call, { secondStage });
  return withTold(content, secondStage);
}

/** Where the model is asked. */
type Way = {
  readonly offering: Offering;
  readonly place: Place;
  readonly clearance: Clearance;
  readonly lane: EndpointLane;
  readonly path: string;
};

type Outcome = SecondStage['outcome'];

/** The dial's timers and the reader's own clock end at the same time: either may be heard first. */
const TOO_LATE: ReadonlySet<FaultCode> = new Set(['head_timeout', 'idle_timeout', 'total_timeout']);

/** One call being read. */
class Reader {
  readonly #call: Joined;
  readonly #limits: SecondStageDocument;
  readonly #house: House;
  readonly #isDry: boolean;
  readonly #began: number;
  #windows = 0;
  #name = false;
  #address = false;

  constructor(call: Joined, limits: SecondStageDocument, house: House, isDry: boolean) {
    this.#call = call;
    this.#limits = limits;
    this.#house = house;
    this.#isDry = isDry;
    this.#began = house.ports.clock.monotonic();
  }

  async read(): Promise<SecondStage> {
    const way = this.#isDry ? undefined : this.#way();
    const outcome = this.#isDry ? 'dry' : way === undefined ? 'nowhere' : await this.#inTurn(way);
    const { clock, sink } = this.#house.ports;
    if (!this.#isDry) sink.count('second_stage_total', { outcome });
    return {
      outcome,
      types: [
        ...(this.#name ? (['name'] as const) : []),
        ...(this.#address ? (['address'] as const) : []),
      ],
      endpoint: way?.offering.endpoint.name,
      model: way?.offering.upstream,
      windows: this.#windows,
      tookMs: Math.round(clock.monotonic() - this.#began),
    };
  }

  async #inTurn(way: Way): Promise<Outcome> {
    const { secondStages } = this.#house.live;
    const { name } = this.#call.tenant;
    if (!secondStages.enter(name, this.#limits.atOnceMax)) return 'busy';
    try {
      return await this.#all(way);
    } finally {
      secondStages.leave(name);
    }
  }

  async #all(way: Way): Promise<Outcome> {
    const { perMinuteMax, windowsMax } = this.#limits;
    const { secondStages } = this.#house.live;
    const { texts, isWhole } = windowsOf(this.#call.question, windowsMax);
    for (const text of texts) {
      if (!secondStages.take(this.#call.tenant.name, perMinuteMax)) return 'busy';
      const told = await this.#ask(text, way);
      if (typeof told === 'string') return told;
      this.#windows += 1;
      this.#name ||= told.name;
      this.#address ||= told.address;
    }
    return isWhole ? 'read' : 'partly';
  }

  async #ask(text: string, way: Way): Promise<Told | Outcome> {
    const { offering, lane, path, ...to } = way;
    const said = askedAbout(text, this.#call.id);
    const question = questionIn('openai', 'chat', encode(JSON.stringify(said)), NOT_IN_PATH);
    if (!question.ok) return 'unclear';
    const how = { model: offering.upstream, askUsage: false, storeNothing: false };
    const rendered = render(question.value, lane, how);
    if (!rendered.ok) return 'unclear';
    const { body } = rendered.value;
    const { endpoint } = offering;
    const [credential] = lane.credentials;
    const heard = await this.#heard({
      ...{ endpoint, ...to, label: 'regulated', tenant: this.#call.tenant.name, credential },
      asked: { method: 'POST', path, body },
    });
    if (heard === 'slow') return 'slow';
    if (heard.kind === 'fault') return TOO_LATE.has(heard.code) ? 'slow' : 'away';
    if (heard.kind === 'answer' && heard.status >= 300) return 'away';
    const answer = heard.kind === 'answer' ? readAnswerOf(lane, heard.body, false) : undefined;
    const parts = answer?.answers[0]?.parts ?? [];
    const words = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    return readTold(words) ?? 'unclear';
  }

  /** Our own clock ends it: a server that sends a byte now and then would not. */
  #heard(question: Omit<Parameters<typeof ask>[1], 'totalMs'>): Promise<Heard | 'slow'> {
    const { clock, upstream } = this.#house.ports;
    const leftMs = Math.ceil(this.#limits.timeoutMs - (clock.monotonic() - this.#began));
    if (leftMs <= 0) return Promise.resolve('slow');
    return new Promise((resolve) => {
      const abort = ask(upstream, { ...question, totalMs: leftMs }, (heard) => {
        cancel();
        resolve(heard);
      });
      const cancel = clock.after(leftMs, () => {
        abort();
        resolve('slow');
      });
    });
  }

  /** On tier 1 and within what the tenant allows for the worst; of several the first that is up. */
  #way(): Way | undefined {
    const { tenant } = this.#call;
    const { catalog } = this.#house.now();
    const { order } = this.#house.live;
    const clearance = clear('call', { tenant, label: 'regulated', tierMax: 1 });
    const view = viewOf(catalog, tenant);
    const sight = { catalog, tenant, session: undefined, all: view.visible };
    const ways = meantIn(this.#limits.model, sight).flatMap((offering): readonly Way[] => {
      const { enabled, quarantined, unavailable, lanes } = offering.endpoint;
      const lane = lanes.openai.chat;
      const path = lane?.path(offering.upstream, false);
      const place = view.placeOf(offering.endpoint);
      const isOpen = enabled && !quarantined && unavailable === undefined;
      if (!isOpen || lane === undefined || path === undefined) return [];
      return within(clearance, place) === undefined
        ? [{ offering, place, clearance, lane, path }]
        : [];
    });
    return ways.find(({ offering }) => order.why(offering) === undefined) ?? ways[0];
  }
}

const NOT_IN_PATH = { model: '', stream: false };
