/**
 * A tenant's document in the words of `signalbox.yaml` again: what is shown of it, and what a
 * change of one word sends back whole. Whatever is left out here is lost by such a change, and with
 * it, say, the types of data that the tenant protects.
 */
import { formatUsd } from '@signalbox/contract';
import type { JsonObject } from './json-schema.ts';
import type { OverridesDocument } from './model.ts';
import type { Json } from './origin.ts';
import type { PriceDocument } from './pricing.ts';
import type { BudgetDocument, SensitiveDocument, TenantDocument } from './tenant.ts';

/** Every key that says something; the schema reads it back into the same document. */
export function writtenTenant(one: TenantDocument): JsonObject {
  return stated({
    plan: one.plan,
    class: one.tenantClass,
    topology: one.topology,
    shared_nodes: one.sharedNodes,
    residency: one.residency,
    ring: one.ring,
    default_label: one.defaultLabel,
    unscanned_label: one.unscannedLabel,
    privacy: one.privacy,
    durable: one.durable,
    budget: one.budget && budgetOf(one.budget),
    own: stated({ endpoints: one.own.endpoints, networks: one.own.networks }),
    private_addresses: one.privateAddresses.map(({ host, port }) => `${host}:${port}`),
    policies: one.policies,
    agents: Object.fromEntries(one.agentPolicies),
    retention: one.retention,
    models: one.models && overridesOf(one.models),
    strong_share: one.strongShare,
    sensitive: one.sensitive && sensitiveOf(one.sensitive),
    features_up_to: one.featuresUpTo,
  });
}

const budgetOf = ({ amountNanoUsd, per }: BudgetDocument): JsonObject => ({
  amount_usd: formatUsd(amountNanoUsd),
  per,
});

const overridesOf = ({ hide, pin, rename, reprice }: OverridesDocument): JsonObject =>
  stated({
    hide,
    pin: Object.fromEntries(pin),
    rename: Object.fromEntries(rename),
    reprice: reprice.map(priceOf),
  });

const priceOf = (one: PriceDocument): JsonObject =>
  stated({
    model: one.model,
    endpoint: one.endpoint,
    from: new Date(one.fromMs).toISOString(),
    input_per_million_usd: one.inputPerMillionUsd,
    output_per_million_usd: one.outputPerMillionUsd,
    cached_input_per_million_usd: one.cachedInputPerMillionUsd,
    cache_write_per_million_usd: one.cacheWritePerMillionUsd,
    request_usd: one.requestUsd,
  });

function sensitiveOf({ patterns, sources, ...more }: SensitiveDocument): JsonObject {
  const { secondStage } = more;
  return stated({
    patterns: patterns.map(({ name, pattern, kind }) => ({ name, pattern, kind })),
    sources: sources.map(({ name, kind }) => ({ name, kind })),
    public: more.publicValues,
    second_stage: secondStage && {
      model: secondStage.model,
      timeout_ms: secondStage.timeoutMs,
      windows_max: secondStage.windowsMax,
      per_minute_max: secondStage.perMinuteMax,
      at_once_max: secondStage.atOnceMax,
    },
  });
}

/** Less what is absent, and less lists and mappings of nothing: they are written by leaving out. */
function stated(written: Readonly<Record<string, Json | undefined>>): JsonObject {
  const said = Object.entries(written).flatMap(([key, value]) =>
    value === undefined || isNothing(value) ? [] : [[key, value] as const],
  );
  return Object.fromEntries(said);
}

const isNothing = (value: Json): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
