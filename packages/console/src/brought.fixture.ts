// Endpoints that tenants bring, kept in memory: what a server with a desk does, without a socket.
import { readConfiguration } from '@signalbox/config';
import { type Secret, type TenantName, tenantName } from '@signalbox/contract';
import type { BroughtDesk, DocumentsDesk, StatusDocument } from '@signalbox/control';
import type { Configuration } from '@signalbox/documents';

type EndpointStatus = StatusDocument['endpoints'][number];
type DeskAnswer = Awaited<ReturnType<BroughtDesk['takeAway']>>;
type Examination = Awaited<ReturnType<BroughtDesk['examine']>>;
type Check = Extract<Examination, { kind: 'examined' }>['checks'][number];

type Held = {
  readonly tenant: TenantName;
  readonly url: string;
  readonly kind: string;
  key: Secret | undefined;
  models: readonly string[];
  quarantined: boolean;
  drained: boolean;
};

type Written = Pick<Held, 'kind' | 'url' | 'models'>;
/** An endpoint names models, or nothing: then it is asked. */
const FILE = ({ kind, url, models }: Written): string =>
  JSON.stringify({
    version: 1,
    tenants: { acme: {}, globex: {} },
    endpoints: { one: { kind, url, ...(models.length === 0 ? {} : { models }) } },
  });
const NONE: Written = { kind: 'sim', url: 'http://127.0.0.1:1/v1', models: [] };
const DONE: DeskAnswer = { kind: 'done' };
const UNKNOWN: DeskAnswer = { kind: 'unknown' };
const TAIL = 4;

const check = (
  name: Check['check'],
  state: Check['state'],
  says: string,
  hint?: string,
): Check => ({
  ...{ check: name, state, says, hint },
  required: ['reachable', 'key', 'models'].includes(name),
});

export class MemoryBrought implements BroughtDesk {
  readonly held: Map<string, Held> = new Map();
  /** What the server at the other end says of the key. */
  refusesKey = false;

  configuration(): Configuration {
    const all = [...this.held].map(([name, held]) => {
      const document = read(held).endpoints.get('one');
      if (document === undefined) throw new Error('one was written');
      const { tenant, quarantined } = held;
      return [name, { ...document, name, tenant, quarantined }] as const;
    });
    return { ...read(NONE), endpoints: new Map(all) };
  }

  statuses(): readonly EndpointStatus[] {
    return [...this.held].map(([name, one]) => {
      const tail = one.key?.reveal().slice(-TAIL);
      return {
        ...{ name, kind: one.kind, origin: new URL(one.url).origin, tier: 3 },
        ...{ region: undefined, tenant: one.tenant, models: one.models, facts: [] },
        state: one.quarantined ? 'quarantined' : one.drained ? 'off' : 'available',
        why: one.quarantined ? `\`signalbox endpoint activate ${name}\` lets it in` : undefined,
        ...{ hasKey: one.key !== undefined, keyTail: tail },
      };
    });
  }

  async bring({
    tenant,
    name,
    document,
    key,
  }: Parameters<BroughtDesk['bring']>[0]): Promise<DeskAnswer> {
    if (this.held.has(name)) return { kind: 'exists' };
    const [url, kind] = [String(document['url']), String(document['kind'] ?? 'sim')];
    const held = { tenant, url, kind, key, models: [], quarantined: true, drained: false };
    this.held.set(name, held);
    return DONE;
  }

  async change(
    name: string,
    { models, quarantine }: Parameters<BroughtDesk['change']>[1],
  ): Promise<DeskAnswer> {
    const held = this.held.get(name);
    if (held === undefined) return UNKNOWN;
    held.models = models ?? held.models;
    held.quarantined = quarantine ?? held.quarantined;
    return DONE;
  }

  async giveKey(name: string, key: Secret | undefined): Promise<DeskAnswer> {
    const held = this.held.get(name);
    if (held === undefined) return UNKNOWN;
    held.key = key;
    this.refusesKey = false;
    return DONE;
  }

  async takeAway(name: string): Promise<DeskAnswer> {
    return this.held.delete(name) ? DONE : UNKNOWN;
  }

  async rotate(): Promise<number> {
    return 1;
  }

  async examine(name: string): Promise<Examination> {
    if (!this.held.has(name)) return { kind: 'unknown' };
    const key = this.refusesKey
      ? check(
          'key',
          'failed',
          '401 at `GET /models`',
          'Give it another key: `signalbox endpoint key`.',
        )
      : check('key', 'passed', 'accepted at `GET /models`');
    const checks = [
      check('reachable', 'passed', 'answered `GET /models`'),
      key,
      check('models', 'passed', 'big-one, small-one'),
      check('streaming', 'unknown', 'it did not say'),
      check('tier', 'passed', '3: a public address'),
    ];
    const models = this.refusesKey ? [] : ['big-one', 'small-one'];
    return { kind: 'examined', fit: !this.refusesKey, answered: true, checks, models };
  }

  async switchEndpoint(name: string, to: 'enable' | 'drain'): Promise<DeskAnswer> {
    const held = this.held.get(name);
    if (held === undefined) return UNKNOWN;
    held.drained = to === 'drain';
    return DONE;
  }
}

/** The desk of all other documents: here it turns endpoints on and off alone. */
export function switching(brought: MemoryBrought): DocumentsDesk {
  const never = async (): Promise<DeskAnswer> => UNKNOWN;
  return {
    ...{ create: never, set: never, remove: never },
    switchEndpoint: (name, to) => brought.switchEndpoint(name, to),
  };
}

/** One that is active, one that is drained and one in quarantine, of two tenants. */
export async function bringSome(brought: MemoryBrought, spare = 'spare'): Promise<void> {
  const names = [
    ['acme', 'acme/gpu', 'vllm'],
    ['acme', `acme/${spare}`, 'ollama'],
    ['globex', 'globex/lab', 'openai-compatible'],
  ] as const;
  for (const [tenant, name, kind] of names) {
    const document = { url: `https://${name.replace('/', '-')}.example/v1`, kind };
    await brought.bring({ tenant: tenantName(tenant), name, document, key: undefined });
    await brought.change(name, { models: ['big-one'], quarantine: name === 'globex/lab' });
  }
  await brought.switchEndpoint(`acme/${spare}`, 'drain');
}

function read(written: Written): Configuration {
  const all = readConfiguration([{ name: 'signalbox.yaml', text: FILE(written) }]);
  if (!all.ok) throw new Error(JSON.stringify(all.problems));
  return all.configuration;
}
