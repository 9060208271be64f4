// Worlds about one promise: nothing of a call goes further than its clearance. They are small, so
// that ten thousand of them run in minutes: a few calls each, most of them sensitive, in worse
// weather than elsewhere, on nodes that have a first tier, with a collector of spans.
import type { Configuration, TenantDocument, WebhookDocument } from '@signalbox/documents';
import type { Chance } from '../chance.ts';
import { type Changed, changedDocuments } from '../documents/change.ts';
import { firstDocuments } from '../documents/first.ts';
import type { Invariant } from '../oracle/invariants.table.ts';
import type { Setting } from '../setting.ts';
import { planStorm, type Size } from '../storm.ts';
import { changeConsent, drawConsents } from './consents.ts';
import { drawResidencyWish } from './wish.ts';

export const RESIDENCY_SIZE: Size = {
  ms: 8_000,
  calls: [8, 20],
  changes: [0, 3],
  deaths: [0, 0, 0, 1],
  worst: 0.6,
};

const JUDGED: ReadonlySet<Invariant> = new Set(['cleared-only', 'nothing-told', 'no-bug']);
/** A call that fails closed is one way of noticing. */
const JUDGED_PLANTED: ReadonlySet<Invariant> = new Set(['cleared-only', 'nothing-told']);

export type Residency = {
  /** What leaves is asked once more at the far end. */
  readonly asserts: boolean;
  readonly isPlanted: boolean;
};

export const residency = ({ asserts, isPlanted }: Residency): Setting => ({
  documents,
  storm: (chance, endpoints) => planStorm(chance, endpoints, RESIDENCY_SIZE),
  change,
  wish: drawResidencyWish,
  judged: isPlanted ? JUDGED_PLANTED : JUDGED,
  floods: false,
  besideShare: 0.25,
  asserts,
});

const COLLECTORS = [
  'http://127.0.0.1:4318',
  'http://10.0.0.9:4318',
  'https://collector.example',
] as const;

const change = (before: Configuration, chance: Chance): Changed =>
  chance.weighted([
    [changeConsent, 4],
    [changedDocuments, 5],
    [changeOverrides, 2],
  ])(before, chance);

/** News of a tenant's own. */
function changeOverrides(before: Configuration, chance: Chance): Changed {
  const tenant = chance.oneOf([...before.tenants.values()]);
  if (tenant === undefined) return { configuration: before, what: 'nothing' };
  const hide = [`hidden-${chance.below(HIDDEN)}`];
  const models = { hide, pin: new Map(), rename: new Map(), reprice: [] };
  const tenants = new Map(before.tenants).set(tenant.name, { ...tenant, models });
  return { configuration: { ...before, tenants }, what: `tenant ${tenant.name} hides ${hide}` };
}

const HIDDEN = 1_000;

/** The operator's, far and near, and each tenant's own. */
function webhooks(tenants: Iterable<string>, chance: Chance): Registry['webhooks'] {
  const hook = (url: string, tenant?: string): WebhookDocument => ({
    ...{ url, tenant, enabled: true, secret: { kind: 'env', value: 'HOOK' } },
    region: chance.pick(['eu', 'us', undefined]),
  });
  return new Map([
    ['far', hook('https://hooks.example/in')],
    ['near', hook('http://10.0.0.9:9000/in')],
    ...[...tenants].map((name) => [name, hook(`https://hooks.${name}.example/in`, name)] as const),
  ]);
}

type Registry = Configuration['registry'];

function documents(chance: Chance, startMs: number): Configuration {
  const first = firstDocuments(chance);
  const drawn = chance.fork('residency');
  const url = drawn.pick(COLLECTORS);
  return {
    ...first,
    node: { ...first.node, tier: drawn.pick([1, 1, 1, 2]) },
    endpoints: withKinds(withNearModels(first, drawn), drawn.fork('kinds')),
    tenants: new Map([...first.tenants].map(([name, one]) => [name, withOwn(one, drawn)])),
    registry: {
      ...first.registry,
      webhooks: webhooks(first.tenants.keys(), drawn.fork('webhooks')),
    },
    consents: drawConsents(first.tenants.keys(), drawn.fork('consents'), startMs),
    telemetry: { ...first.telemetry, otlp: { url, sample: 1, headers: new Map() } },
  };
}

/** Mostly the device has all models: sensitive calls go somewhere, and meet what others meet. */
function withNearModels({ endpoints }: Configuration, chance: Chance): Configuration['endpoints'] {
  const [near, far] = [endpoints.get('desk'), endpoints.get('cloud-eu')];
  if (near === undefined || far === undefined || chance.happens(0.2)) return endpoints;
  const models = new Map([...near.models, ...far.models]);
  return new Map(endpoints).set('desk', { ...near, models });
}

/** Some count tokens, and some have more that only passes than others. */
function withKinds(endpoints: Configuration['endpoints'], chance: Chance): typeof endpoints {
  const kinds = ['openai', 'openai', 'openai-compatible', 'vllm'] as const;
  return new Map(
    [...endpoints].map(([name, one]) => {
      const kind = chance.pick(kinds);
      const healthCheckIntervalMs = chance.pick([undefined, undefined, 3_000]);
      const made = { ...one, kind, healthCheckIntervalMs };
      // What stands on the device has no price for its tokens.
      return [name, name === 'desk' ? { ...made, price: FREE_OF_CHARGE } : made];
    }),
  );
}

const FREE_OF_CHARGE = {
  inputPerMillionUsd: '0',
  outputPerMillionUsd: '0',
  cachedInputPerMillionUsd: undefined,
  cacheWritePerMillionUsd: undefined,
  requestUsd: undefined,
};

/** What is near and a tenant's own is on its first tier, too. */
function withOwn(tenant: TenantDocument, chance: Chance): TenantDocument {
  const more = NEAR.filter(() => chance.happens(0.6));
  const endpoints = [...new Set([...tenant.own.endpoints, ...more])];
  const isRead = chance.fork(`second stage of ${tenant.name}`).happens(0.4);
  const secondStage = isRead ? SECOND_STAGE : undefined;
  const sensitive = { patterns: [], sources: [], publicValues: [], secondStage };
  return { ...tenant, own: { ...tenant.own, endpoints }, sensitive };
}

/** Asked on the first tier alone, of calls whose label it may raise. */
const SECOND_STAGE = {
  ...{ model: 'small', timeoutMs: 1_000, windowsMax: 4, perMinuteMax: 600, atOnceMax: 4 },
};

const NEAR = ['rack-eu', 'rack-us'] as const;
