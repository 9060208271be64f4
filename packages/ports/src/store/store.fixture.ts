// What the store's tests share: records of calls, and a journal in a real folder that feeds a
// store.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Attempt,
  type CallRecord,
  decisionId,
  type EntryDraft,
  endpointName,
  keyName,
  type Label,
  modelName,
  requestId,
  requestOf,
  sessionId,
  type Tier,
  tenantName,
} from '@signalbox/contract';
import {
  countingRandom,
  type HandClock,
  handClock,
  keys,
  listeningSink,
  SETTINGS,
} from '../journal/journal.fixture.ts';
import { type Journal, openJournal } from '../journal/journal.ts';
import { nodeDisk } from '../journal/node-disk.ts';
import type { Position } from '../journal/segment.ts';
import type { RecordStore, StoreOptions } from './store.ts';

export const START_MS = 1_760_000_000_000;

/** What a test says of a call; the rest is as usual. */
export type Told = {
  readonly number: number;
  readonly tenant?: string | undefined;
  readonly at?: number;
  readonly model?: string;
  readonly endpoint?: string | undefined;
  readonly tier?: Tier;
  readonly ending?: CallRecord['ending'];
  readonly status?: number;
  readonly session?: string;
  readonly tokens?: number;
  readonly costNanoUsd?: bigint | undefined;
  readonly savingsNanoUsd?: bigint | undefined;
  readonly totalMs?: number;
  readonly label?: Label;
  /** Instead of one that answered at `endpoint`. */
  readonly attempts?: readonly Partial<Attempt>[];
  readonly consent?: string;
  /** Nobody sent it. */
  readonly audit?: boolean;
};

export function record(told: Told): CallRecord {
  const at = told.at ?? START_MS + told.number;
  const chance = new Uint8Array(10);
  new DataView(chance.buffer).setUint32(6, told.number);
  const request = requestId(at, chance);
  const endpoint = 'endpoint' in told ? told.endpoint : 'local';
  const tokens = told.tokens ?? 10;
  return {
    ...ORDINARY,
    decision: decisionId(request, 1),
    request,
    at,
    tenant: 'tenant' in told ? tenantOf(told.tenant) : tenantName('acme'),
    session: sessionId(told.session ?? '00'),
    candidates:
      endpoint === undefined
        ? []
        : [
            {
              endpoint: endpointName(endpoint),
              model: modelName(told.model ?? 'small'),
              tier: told.tier ?? 1,
              gates: 0,
            },
          ],
    attempts: attemptsOf(told, endpoint),
    label: told.label ?? ORDINARY.label,
    ...(told.audit === true ? { audit: { of: decisionId(request, 2), propensity: 0.1 } } : {}),
    ...(told.consent === undefined ? {} : { consent: told.consent, consentUse: 'applied' }),
    ending: told.ending ?? 'answered',
    status: told.status ?? 200,
    usage: { ...USAGE, inputTokens: tokens, outputTokens: tokens + 1 },
    costNanoUsd: ('costNanoUsd' in told ? told.costNanoUsd : 5n)?.toString(),
    savingsNanoUsd: ('savingsNanoUsd' in told ? told.savingsNanoUsd : 2n)?.toString(),
    totalMs: told.totalMs ?? 30,
  };
}

function attemptsOf(told: Told, endpoint: string | undefined): readonly Attempt[] {
  const usual = endpoint === undefined ? undefined : attempt(endpoint, told.tier ?? 1);
  if (told.attempts === undefined) return usual === undefined ? [] : [usual];
  return told.attempts.map((one) => ({ ...attempt('local', 1), ...one }));
}

export function settlement(told: Told): EntryDraft {
  const body = record(told);
  const { at, tenant } = body;
  return { kind: 'settlement', at, tenant, call: requestOf(body.decision), body };
}

const tenantOf = (name: string | undefined): CallRecord['tenant'] =>
  name === undefined ? undefined : tenantName(name);

const attempt = (endpoint: string, tier: Tier): Attempt => ({
  endpoint: endpointName(endpoint),
  tier,
  region: 'eu',
  credential: undefined,
  modelAsked: 'small:latest',
  modelClaimed: 'small:latest',
  status: 200,
  firstByteMs: 12.5,
  durationMs: 29,
  outcome: 'answered',
  fault: undefined,
});

const USAGE = {
  cachedInputTokens: undefined,
  reasoningTokens: undefined,
  source: 'measured',
} as const;

const ORDINARY = {
  key: keyName('key-1'),
  agent: 'agent-7',
  operation: 'chat',
  stream: true,
  step: 'plan',
  stepSource: 'header',
  modelRequested: 'auto',
  label: 'internal',
  kinds: [],
  difficulty: 'easy',
  latencyBudgetMs: undefined,
  snapshot: 'ab',
  clearance: undefined,
  rule: undefined,
  code: undefined,
  fallback: false,
  parkedMs: 0,
  priceVersion: '1',
  heldNanoUsd: '9',
  decideMs: 0.2,
  queueMs: 0,
  upstreamMs: 29,
  firstByteMs: 13,
  requestCommitment: undefined,
  responseCommitment: undefined,
  retryOf: undefined,
  tags: {},
  traceId: undefined,
} as const;

export type OpenStore = (options: StoreOptions) => Promise<RecordStore>;

/** A journal and a store in a folder of their own. */
export class StoreBench {
  readonly folder: string;
  readonly clock: HandClock = handClock();
  readonly sink: ReturnType<typeof listeningSink> = listeningSink();
  readonly #openStore: OpenStore;
  #journal: Journal | undefined;
  #store: RecordStore | undefined;
  #end: Position = { segment: 0, offset: 0 };
  keep: StoreOptions['keep'] = { days: 30, requests: 100_000 };

  constructor(folder: string, openStore: OpenStore) {
    this.folder = folder;
    this.#openStore = openStore;
  }

  static async open(openStore: OpenStore): Promise<StoreBench> {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-store-'));
    const bench = new StoreBench(folder, openStore);
    await bench.start();
    return bench;
  }

  get store(): RecordStore {
    if (this.#store === undefined) throw new Error('the store is not open');
    return this.#store;
  }

  get path(): string {
    return join(this.folder, 'records.db');
  }

  get journalFolder(): string {
    return join(this.folder, 'journal');
  }

  async start(): Promise<void> {
    const { clock, sink, keep, path, journalFolder } = this;
    this.#store = await this.#openStore({ path, journalFolder, clock, sink, keep });
    this.#journal = await openJournal({
      disk: nodeDisk(),
      folder: journalFolder,
      clock,
      random: countingRandom,
      keys,
      node: 'n1',
      settings: { ...SETTINGS, backlogBytesMax: 2 ** 26, segmentBytesMax: 2 ** 16 },
      sink,
      checkpoint: () => ({ openHolds: [], balances: [] }),
      onDurable: ({ end }) => {
        this.#end = end;
        this.#store?.advance(end);
      },
    });
    await this.#journal.recover(() => undefined);
  }

  /** Appends and waits until the store has it. */
  async add(drafts: readonly EntryDraft[]): Promise<void> {
    await this.append(drafts);
    this.clock.turn(250);
    await this.store.reached(this.#end);
  }

  /** Appends and waits until the journal has it. */
  async append(drafts: readonly EntryDraft[]): Promise<void> {
    for (const draft of drafts) this.#journal?.append(draft);
    const durable = new Promise<boolean>((resolve) => this.#journal?.durable(resolve));
    this.clock.turn(SETTINGS.groupCommitMsMax);
    await durable;
  }

  /** Stops both; what was appended is in the journal. */
  async stop(): Promise<void> {
    await this.#journal?.close();
    await this.#store?.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
