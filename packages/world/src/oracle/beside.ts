// Where what is no call may go: spans, questions to endpoints about themselves, news of the
// registry. Read from the documents anew, as for calls.
import type { DialRequest } from '@signalbox/contract';
import type { Configuration, EndpointDocument } from '@signalbox/documents';
import { probeWish } from '../client/wish.ts';
import { memberOf } from '../upstream/upstream.ts';
import { reasonsAgainstPlace } from './egress.ts';

/** A place that keeps what it is told, and stands where its address does. */
export function sinkAt(
  url: string,
  { endpoints }: Configuration,
  more: Partial<EndpointDocument> = {},
): EndpointDocument | undefined {
  const [any] = endpoints.values();
  if (any === undefined) return undefined;
  return {
    ...any,
    ...{ name: 'sink', url, tier: undefined, region: undefined, tenant: undefined },
    ...{ retention: 'standard', enabled: true },
    ...more,
  };
}

export function withoutRules(documents: Configuration, tenantName: string): Configuration {
  const tenant = documents.tenants.get(tenantName);
  if (tenant === undefined) return documents;
  // Calls are what a shared node refuses.
  const bare = { ...tenant, policies: [], sharedNodes: 'allow' } as const;
  return { ...documents, tenants: new Map(documents.tenants).set(tenantName, bare) };
}

/** Why an endpoint must not be asked about itself; undefined: it may. */
export function askedAgainst({ place }: DialRequest, documents: Configuration): string | undefined {
  const endpoint = documents.endpoints.get(place.name);
  if (endpoint === undefined) return 'there is no such endpoint';
  if (!endpoint.enabled) return 'it is switched off';
  return endpoint.tenant === undefined ? undefined : against(endpoint.tenant, endpoint, documents);
}

/** Why a webhook must not hear this; undefined: it may. */
export function newsAgainst(
  { place, body = new Uint8Array(0) }: DialRequest,
  documents: Configuration,
): string | undefined {
  const hook = documents.registry.webhooks.get(place.name.replace('webhook/', ''));
  if (hook === undefined || new URL(hook.url).origin !== place.origin)
    return 'there is no such one';
  const event: unknown = JSON.parse(new TextDecoder().decode(body));
  const [kind, name = ''] = String(memberOf(event, 'subject')).split('/');
  const tenant = kind === 'override' ? name : documents.endpoints.get(name)?.tenant;
  if (hook.tenant !== undefined && hook.tenant !== tenant) return `it is no news of ${hook.tenant}`;
  if (tenant === undefined) return undefined;
  const at = sinkAt(hook.url, documents, { tenant: hook.tenant, region: hook.region });
  return at === undefined ? 'there is no place' : against(tenant, at, documents);
}

function against(
  tenant: string,
  place: EndpointDocument,
  documents: Configuration,
): string | undefined {
  const wish = probeWish(0, tenant, '');
  const asking = { documents: withoutRules(documents, tenant), wish, label: 'public' } as const;
  return reasonsAgainstPlace(asking, place).find(({ bound }) => bound)?.text;
}
