// Looks over the gateway's shoulder while it works: every entry that it hands to the journal, every
// dial, every wait, every caller that is done. Judges at once what can be judged at once, and keeps
// the rest for the calm.
import type {
  CallRecord,
  DialRequest,
  EntryDraft,
  JournalHealth,
  RequestId,
} from '@signalbox/contract';
import type { DurableBatch } from '@signalbox/ports';
import type { ReadEntry } from '@signalbox/trust';
import {
  answeringDial,
  type CallFacts,
  type Dial,
  type EntryFacts,
  type History,
  headerOf,
  type Report,
  type Wish,
  wordOf,
} from '../facts.ts';
import type { Watcher } from '../node/life.ts';
import type { Timeline } from '../timeline.ts';
import type { Trace } from '../trace.ts';
import type { Archive } from './archive.ts';
import type { Clocks } from './consent.ts';
import { judgeDial } from './dials.ts';
import { budgetOf, costOf, Money, type MoneyEntry } from './money.ts';

const ABORT_MS_MAX = 250;
const CONFLICT = 409;
/** As many events come in one piece. */
const PIECE_TOKENS = 16;
/** For a place, for a route, and once more for a place. */
const WAITS_MAX = 3;
/** Disk, timers' ticks and what happens between two turns. */
const SLACK_MS = 2_000;

export type WatchTools = {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly report: Report;
  readonly history: History;
  readonly archive: Archive;
  readonly openDials: () => readonly Dial[];
  /** Places that are taken under a name. */
  readonly taken: (name: string) => number;
};

type Wait = { readonly since: number; readonly sinceMs: number; endedTurn: number | undefined };

export class Watch {
  readonly calls: Map<RequestId, CallFacts> = new Map();
  readonly #tools: WatchTools;
  /** Entries that say that something was stopped at the far end. */
  egressBlocked = 0;
  #money = new Money();
  #waits: Wait[] = [];

  constructor(tools: WatchTools) {
    this.#tools = tools;
  }

  get money(): Money {
    return this.#money;
  }

  /** One for each life. */
  watcher(life: number): Watcher {
    this.#waits = [];
    return {
      appended: (draft, health) => this.#appended(draft, health, life),
      durable: (batch: DurableBatch) => this.#tools.archive.acknowledge(batch),
      projected: () => this.#tools.archive.projected(),
      waits: () => this.#waiting(),
    };
  }

  /** A life has begun: what the journal holds is what there is. */
  recount(entries: readonly ReadEntry[]): void {
    this.#money = new Money();
    for (const read of entries) this.#money.take(moneyOf(read));
  }

  dialled(dial: Dial, request: DialRequest): void {
    const { report, openDials, timeline } = this.#tools;
    const clocks: Clocks = (from, to) => timeline.walls(from, to);
    judgeDial(dial, request, { report, clocks, open: openDials });
  }

  /** The caller is answered or gone: nobody may go on talking to an upstream for it. */
  over(call: CallFacts): void {
    const { timeline, report } = this.#tools;
    if (call.deferredTo !== undefined || call.sight === 'reset') return;
    timeline.after(ABORT_MS_MAX, () => {
      const open = this.#tools.openDials().find((dial) => dial.call === call);
      if (open === undefined) return;
      const detail = `dial ${open.number} goes on ${ABORT_MS_MAX} ms after it was ${call.sight}`;
      report('abort-within', detail, wordOf(call));
    });
    if (call.sight === 'left') return;
    this.#inTime(call);
    this.#recordFirst(call);
    if (call.status === CONFLICT) this.#conflicts(call);
  }

  /** Refused as a repetition: then another call runs under its key, or had another body. */
  #conflicts(call: CallFacts): void {
    const { wish, life, bodyAt = 0 } = call;
    const key = headerOf(wish.headers, 'idempotency-key');
    const others = [...this.calls.values()].filter(
      (one) =>
        one !== call &&
        one.life === life &&
        one.wish.keyName === wish.keyName &&
        headerOf(one.wish.headers, 'idempotency-key') === key,
    );
    const isReason = ({ settled, overAt, wish: other }: CallFacts): boolean => {
      const endedAt = Math.max(settled[0]?.at ?? bodyAt, overAt ?? bodyAt);
      return endedAt >= bodyAt || textOf(other) !== textOf(wish);
    };
    if (others.some(isReason)) return;
    this.#tools.report('conflict-has-two', 'nothing else runs under its key', wordOf(call));
  }

  /** Where the tenant wants the record first, no whole answer comes before it is safe. */
  #recordFirst({ wish, sight, status, settled, entries, id }: CallFacts): void {
    const versions = entries.at(-1)?.versions ?? [];
    const isWanted = versions.every(
      ({ configuration }) => configuration.tenants.get(wish.tenant)?.durable === 'before-answer',
    );
    const isWhole = (sight === 'answered' && status === 200) || sight === 'ended';
    if (!isWhole || !isWanted || versions.length === 0 || id === undefined) return;
    if (settled.length > 0 && this.#tools.archive.isSettled(id)) return;
    this.#tools.report('record-first', 'answered, and its record is not safe', `c${wish.number} `);
  }

  /** Not counting its dials, a call waits no longer than its queues and its body may. */
  #inTime(call: CallFacts): void {
    const { configuration } = call.askedVersion;
    const { queue, server } = configuration;
    const dialling = call.dials.reduce((sum, one) => sum + ((one.endedAt ?? one.at) - one.at), 0);
    const waitsMax = queue.waitMsMax * WAITS_MAX + server.bodyMsMax;
    const took = (call.overAt ?? 0) - call.at - dialling;
    if (took <= waitsMax + SLACK_MS) return;
    const detail = `${Math.round(took)} ms beside its dials, ${waitsMax} allowed`;
    this.#tools.report('answered-in-time', detail, wordOf(call));
  }

  #appended(draft: EntryDraft, health: JournalHealth, life: number): void {
    const { trace, report } = this.#tools;
    const call = draft.call === undefined ? undefined : this.calls.get(draft.call);
    const word = call === undefined ? '' : wordOf(call);
    if (draft.kind === 'settlement' && call !== undefined) this.#covered(call, draft.body);
    if (draft.kind === 'act' && draft.body.act === 'egress-blocked') this.egressBlocked += 1;
    this.#money.take(draft);
    trace.note(`${word}entry ${draft.kind} ${summaryOf(draft)}`);
    if (draft.kind === 'settlement') {
      if (call === undefined) report('settled-once', `${draft.call} is settled and was never made`);
      else this.#settled(call, draft.body, life);
    }
    if (draft.kind !== 'hold' && draft.kind !== 'extend') return;
    if (draft.kind === 'hold') {
      if (health.kind !== 'ready') report('journal-first', `a hold while ${health.reason}`, word);
      if (call?.wish.kind === 'dry-run') report('dry-run-dry', 'a dry run holds money', word);
      call?.entries.push(this.#entry());
    }
    if (draft.call !== undefined) this.#budgetKept(draft.call, call?.entries.at(-1), word);
  }

  #settled(call: CallFacts, record: CallRecord, life: number): void {
    const before = call.settled.filter((one) => one.life === life).length;
    call.settled.push({ life, at: this.#tools.timeline.monotonic(), record });
    if (before > 0) this.#tools.report('settled-once', 'settled again', wordOf(call));
    if (record.code === 'concurrency_limited' && record.attempts.length === 0) {
      this.#wantsPlace(call, record);
    }
  }

  /** A stream spends no more than is held for it, give or take what came in one piece. */
  #covered(call: CallFacts, { ending, usage }: CallRecord): void {
    const { id, entries } = call;
    const dial = answeringDial(call);
    const held = id === undefined ? undefined : this.#money.heldOf(id);
    const documents = entries.at(-1)?.versions[0]?.configuration;
    if (dial?.streams !== true || held === undefined || documents === undefined) return;
    if (ending !== 'answered' || usage === undefined) return;
    const covered = Math.max(0, usage.outputTokens - PIECE_TOKENS);
    const cost = costOf(documents, dial, [0, covered]) ?? 0n;
    if (cost <= held.nanoUsd) return;
    const detail = `${usage.outputTokens} tokens were streamed with ${held.nanoUsd} nano-USD held`;
    this.#tools.report('budget-kept', detail, wordOf(dial.call));
  }

  /** Refused for want of a place: then none of its route is free, or its tenant has all it may. */
  #wantsPlace(call: CallFacts, { candidates, snapshot }: CallRecord): void {
    const { history, taken, report } = this.#tools;
    const documents = history.all().find(({ name }) => name === snapshot)?.configuration;
    const { tenant } = call.wish;
    const plan = documents?.plans.get(documents.tenants.get(tenant)?.plan ?? '');
    const most = plan?.inFlightMax ?? Number.POSITIVE_INFINITY;
    if (documents === undefined || taken(`tenant:${tenant}`) >= most) return;
    const free = candidates.find(({ endpoint, gates }) => {
      const inFlightMax = documents.endpoints.get(endpoint)?.inFlightMax ?? 0;
      return gates === 0 && taken(endpoint) < inFlightMax;
    });
    if (free !== undefined) report('place-for-place', `${free.endpoint} is free`, wordOf(call));
  }

  /** Spent and held together never pass the limit by an admission. */
  #budgetKept(id: RequestId, entry: EntryFacts | undefined, word: string): void {
    const held = this.#money.heldOf(id);
    if (held === undefined || entry === undefined || held.nanoUsd === 0n) return;
    for (const owner of held.owners) {
      const passed = entry.versions.map(({ configuration }) => {
        const budget = budgetOf(configuration, owner);
        if (budget === undefined) return undefined;
        const { per, amountNanoUsd } = budget;
        const spent = this.#money.spent(owner, per, held.day);
        const holds = this.#money.held(owner, per, held.day);
        if (spent + holds <= amountNanoUsd) return undefined;
        return `${owner} has spent ${spent} and holds ${holds} of ${amountNanoUsd} a ${per}`;
      });
      const [first] = passed;
      if (first === undefined || passed.includes(undefined)) continue;
      this.#tools.report('budget-kept', first, word);
    }
  }

  /** Under which documents a call came to its permit: exactly one version, unless calls wait. */
  #entry(): EntryFacts {
    const { timeline, history } = this.#tools;
    const [turn, now] = [timeline.turn(), timeline.monotonic()];
    this.#waits = this.#waits.filter(
      (one) => one.endedTurn === undefined || one.endedTurn === turn,
    );
    const since = Math.min(turn, ...this.#waits.map((one) => one.since));
    const sinceMs = Math.min(now, ...this.#waits.map((one) => one.sinceMs));
    return { turn, versions: history.since(since), decided: [sinceMs, now] };
  }

  #waiting(): () => void {
    const { timeline } = this.#tools;
    const [since, sinceMs] = [timeline.turn(), timeline.monotonic()];
    const wait: Wait = { since, sinceMs, endedTurn: undefined };
    this.#waits.push(wait);
    return () => {
      wait.endedTurn ??= this.#tools.timeline.turn();
    };
  }
}

const textOf = ({ body }: Wish): string => new TextDecoder().decode(body);

function summaryOf(draft: EntryDraft): string {
  switch (draft.kind) {
    case 'hold':
    case 'extend': {
      const { estimateNanoUsd, owners, day } = draft.body;
      return `${estimateNanoUsd} of ${owners.join('+')} day ${day}`;
    }
    case 'settlement': {
      const { ending, code, status, costNanoUsd, snapshot } = draft.body;
      return `${ending} ${code ?? ''} ${status} cost ${costNanoUsd} under ${snapshot}`;
    }
    default:
      return '';
  }
}

export function moneyOf({ head, bodyText }: ReadEntry): MoneyEntry {
  const kinds = ['hold', 'extend', 'settlement'] as const;
  const kind = kinds.find((one) => one === head.kind) ?? 'count';
  return { kind, call: head.call, body: bodyText === undefined ? {} : JSON.parse(bodyText) };
}
