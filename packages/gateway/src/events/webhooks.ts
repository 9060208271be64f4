// Tells whoever asked for it what became of the registry: CloudEvents 1.0, signed as Standard
// Webhooks 1.0, each until somebody took it.
//
// It promises: what changed is found by comparing documents, so also what changed while the node
// was away; the change, its events and who is to hear of them are written at once; an event goes to
// a webhook again, with longer and longer waits for about three days, in the order of the events;
// what was tried is kept. An event names documents and fields: no value of a document is in it, no
// prompt, no answer, no key. It leaves through the dial function, under a clearance of its tenant,
// asked anew for each attempt. No call waits for any of it.
import {
  type ActBody,
  type Clock,
  eventId,
  type Keys,
  type Random,
  type Secret,
  type Sink,
  type Store,
  type Timers,
  tenantName,
  type Upstream,
} from '@signalbox/contract';
import type { Configuration, WebhookDocument } from '@signalbox/documents';
import { type Exported, NEWS_LABEL, NODE_ITSELF, newsOf, type Snapshot } from '@signalbox/engine';
import {
  type Delivery,
  type Due,
  type KeptEvent,
  type Outbox,
  readSecret,
  type SecretSettings,
  signedHeaders,
} from '@signalbox/ports';
import { reachOf } from '../compile.ts';
import { type Change, changesBetween, registryOf } from './changes.ts';
import { post } from './post.ts';

const TIMERS: Timers = { connectMs: 5_000, headMs: 15_000, idleMs: 10_000, totalMs: 20_000 };
/** Before the second attempt; each wait after it is three times as long, up to the most. */
const AGAIN_MS = 5_000;
const AGAIN_FACTOR = 3;
const AGAIN_MS_MAX = 6 * 3_600_000;
/** With these waits about three days. */
export const ATTEMPTS_MAX = 18;
/** A part of each wait is chance, so that those who failed together do not come together. */
const JITTER = 0.2;
const CHANCE_BYTES = 10;
const GONE = 410;
/** Of one change of the documents; of more the journal has the first. */
const ACTS_MAX = 64;

export type WebhookOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Keys;
  readonly sink: Sink & { guard(secret: Secret): void };
  readonly store: Pick<Store, 'append'>;
  readonly upstream: Upstream;
  readonly outbox: Outbox;
  readonly secrets: SecretSettings;
  readonly now: () => Snapshot;
  /** The node's name. */
  readonly node: string;
};

type Hook = { readonly document: WebhookDocument; readonly secret: Secret | undefined };

export class Webhooks {
  readonly #options: WebhookOptions;
  #hooks: ReadonlyMap<string, Hook> = new Map();
  /** One attempt at a time for each. */
  readonly #busy = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  /** Said 410; until the documents are read again. */
  readonly #gone = new Set<string>();
  #closed = false;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  /** Compares with what was known, keeps what has changed, and begins to tell it. */
  async publish(configuration: Configuration, digest: string): Promise<void> {
    this.#hooks = await this.#read(configuration);
    this.#gone.clear();
    if (this.#closed) return;
    const { outbox, keys } = this.#options;
    outbox.keepOnly(new Set(this.#hooks.keys()));
    const before = outbox.known();
    const after = registryOf(configuration, keys);
    // Of the first there is nothing to tell: it is what changes are counted from.
    const changes = before === undefined ? [] : changesBetween(before, after);
    const known = new Map(changes.map((one) => [`${one.kind} ${one.name}`, undefined] as const));
    const kept = before === undefined ? [...after.keys()] : [...known.keys()];
    const fields = new Map(kept.map((key) => [key, after.get(key)?.fields] as const));
    const events = this.#eventsOf(changes, digest);
    if (before === undefined || fields.size > 0) {
      outbox.record({ known: fields, events, hears: (event) => this.#hearers(event) });
    }
    this.#note(changes, events);
    for (const name of this.#hooks.keys()) this.#pump(name);
  }

  /** As `EventsDesk` says. Who said 410 is asked again: somebody wants it so. */
  again(id: string, names: readonly string[] | undefined): readonly string[] {
    const { outbox, clock } = this.#options;
    const event = outbox.event(id);
    if (event === undefined) return [];
    const hear = this.#hearers(event).filter((one) => names?.includes(one) ?? true);
    outbox.again(id, hear, clock.now());
    for (const name of hear) {
      this.#gone.delete(name);
      this.#pump(name);
    }
    return hear;
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  async #read({ registry }: Configuration): Promise<ReadonlyMap<string, Hook>> {
    const { secrets, sink } = this.#options;
    const hooks = new Map<string, Hook>();
    for (const [name, document] of registry.webhooks) {
      if (!document.enabled) continue;
      const read = await readSecret(document.secret, secrets);
      if (read.ok) sink.guard(read.secret);
      else sink.log('warn', 'webhook-secret-not-read', { webhook: name, why: read.why });
      hooks.set(name, { document, secret: read.ok ? read.secret : undefined });
    }
    return hooks;
  }

  #hearers(event: KeptEvent): readonly string[] {
    return [...this.#hooks].flatMap(([name, { document }]) =>
      document.tenant === undefined || document.tenant === event.tenant ? [name] : [],
    );
  }

  #eventsOf(changes: readonly Change[], digest: string): readonly KeptEvent[] {
    const { clock, random, outbox, node } = this.#options;
    const at = clock.now();
    const version = outbox.version() + 1;
    return changes.map((one) => {
      const id = eventId(at, random.bytes(CHANCE_BYTES));
      const body = JSON.stringify({
        specversion: '1.0',
        id,
        source: `/signalbox/${node}`,
        type: `signalbox.registry.${one.kind}.${one.change}`,
        subject: `${one.kind}/${one.name}`,
        time: new Date(at).toISOString(),
        datacontenttype: 'application/json',
        data: {
          version,
          configuration: digest,
          kind: one.kind,
          name: one.name,
          change: one.change,
          tenant: one.tenant ?? null,
          fields: one.fields,
        },
      });
      return { id, at, version, tenant: one.tenant, body };
    });
  }

  #note(changes: readonly Change[], events: readonly KeptEvent[]): void {
    const { store, clock } = this.#options;
    for (const [at, { kind, name, change, tenant }] of changes.slice(0, ACTS_MAX).entries()) {
      const detail = { change, version: events[at]?.version ?? 0, event: events[at]?.id ?? '' };
      const body: ActBody = {
        act: 'registry-changed',
        by: 'documents',
        what: `${kind} ${name}`,
        detail: changes.length > ACTS_MAX ? { ...detail, changes: changes.length } : detail,
      };
      const whose = tenant === undefined ? undefined : tenantName(tenant);
      store.append({ kind: 'act', at: clock.now(), tenant: whose, call: undefined, body });
    }
  }

  /** The eldest that the webhook has not heard of: now, or when its wait is over. */
  #pump(name: string): void {
    const hook = this.#hooks.get(name);
    this.#timers.get(name)?.();
    this.#timers.delete(name);
    if (this.#closed || hook === undefined || this.#busy.has(name) || this.#gone.has(name)) return;
    const { outbox, clock } = this.#options;
    const due = outbox.next(name);
    if (due === undefined) return;
    const wait = due.notBefore - clock.now();
    if (wait > 0) {
      this.#timers.set(
        name,
        clock.after(wait, () => this.#pump(name)),
      );
      return;
    }
    this.#busy.add(name);
    this.#try(name, hook, due)
      .catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.name : 'unknown';
        this.#options.sink.log('error', 'webhook-failed', { webhook: name, why });
        // Nothing was noted: it is tried again with the next change, or the next start.
        this.#gone.add(name);
      })
      .finally(() => {
        this.#busy.delete(name);
        this.#pump(name);
      });
  }

  async #try(name: string, hook: Hook, due: Due): Promise<void> {
    const { clock, outbox, sink } = this.#options;
    const began = clock.monotonic();
    const at = clock.now();
    const came = await this.#send(name, hook, due.event, at);
    if (this.#closed) return;
    const attempt = due.tries + 1;
    // What is outside its clearance stays there, and must not hold up what follows.
    const isOver = came.outcome !== 'failed';
    const isLast = attempt >= ATTEMPTS_MAX;
    const outcome = !isOver && isLast ? 'given-up' : came.outcome;
    const ms = Math.round(clock.monotonic() - began);
    const delivery = { at, webhook: name, event: due.event.id, attempt, ...came, outcome, ms };
    outbox.tried(delivery, isOver || isLast ? undefined : clock.now() + this.#wait(attempt));
    if (outcome === 'gone') this.#gone.add(name);
    sink.count('webhook_deliveries', { webhook: name, outcome });
  }

  async #send(
    name: string,
    { document, secret }: Hook,
    event: KeptEvent,
    at: number,
  ): Promise<Pick<Delivery, 'outcome' | 'status' | 'fault'>> {
    const whither = this.#whither(name, document, event);
    if (!whither.ok) return { outcome: 'blocked', status: undefined, fault: whither.breach };
    const headers =
      secret === undefined
        ? undefined
        : signedHeaders(secret, { id: event.id, at, body: event.body });
    if (headers === undefined) return { outcome: 'failed', status: undefined, fault: 'secret' };
    const { pathname, search } = new URL(document.url);
    const { status, fault } = await post(this.#options.upstream, {
      place: whither.place,
      clearance: whither.clearance,
      label: NEWS_LABEL,
      tenant: event.tenant === undefined ? NODE_ITSELF.name : tenantName(event.tenant),
      method: 'POST',
      path: `${pathname}${search}`,
      headers: [
        ['content-type', 'application/cloudevents+json'],
        ['user-agent', 'signalbox'],
        ...headers,
      ],
      credential: undefined,
      body: new TextEncoder().encode(event.body),
      timers: TIMERS,
    });
    if (fault === 'clearance_exceeded') return { outcome: 'blocked', status, fault };
    if (status === GONE) return { outcome: 'gone', status, fault };
    const isTaken = status !== undefined && status >= 200 && status < 300;
    return { outcome: isTaken ? 'delivered' : 'failed', status, fault };
  }

  /** News of a tenant that is no more is bound as hard as any. */
  #whither(name: string, document: WebhookDocument, { tenant }: KeptEvent): Exported {
    const { tenants, catalog } = this.#options.now();
    const url = new URL(document.url);
    const theirs = document.tenant === undefined ? undefined : tenantName(document.tenant);
    const webhook = { name, url, reach: reachOf(url), tenant: theirs, region: document.region };
    if (tenant === undefined) return newsOf(NODE_ITSELF, webhook, catalog.node);
    const facts = tenants.tenants.get(tenantName(tenant));
    const bound = facts ?? { ...NODE_ITSELF, name: tenantName(tenant), topology: 'sovereign' };
    return newsOf(bound, webhook, catalog.node);
  }

  #wait(attempt: number): number {
    const plain = Math.min(AGAIN_MS * AGAIN_FACTOR ** (attempt - 1), AGAIN_MS_MAX);
    const [byte = 0] = this.#options.random.bytes(1);
    return Math.round(plain * (1 + JITTER * (byte / 255)));
  }
}
