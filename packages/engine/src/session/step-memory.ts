// What is known of a tenant's agents from earlier calls: of each node (system prompt, tools, format
// of the answer, as a keyed hash) which step classes callers told of it; of each session on which
// tier its last step was decided. Bounded; a start begins anew. Only of calls of the model `auto`.
import type { Difficulty, SessionId, StepClass, TenantName, Tier } from '@signalbox/contract';

export const NODES_PER_TENANT_MAX = 512;
export const SESSIONS_PER_TENANT_MAX = 2_048;
export const TENANTS_MAX = 1_024;
/** So many calls must have told one class. */
const TOLD_MIN = 3;
/** And so much of all that was told of the node. */
const AGREED_MIN = 0.9;
/** What was told is halved here, so that a node may become another one. */
const TOLD_MAX = 64;

type Told = Map<StepClass, number>;
/** Who answered a session last; `at` on the monotonic clock. */
export type Served = {
  readonly model: string;
  readonly endpoint: string;
  readonly tier: Tier;
  /** Of its prompt, as the endpoint told. */
  readonly cachedTokens: number;
  readonly at: number;
};
type Own = {
  readonly nodes: Map<string, Told>;
  readonly sessions: Map<SessionId, Difficulty>;
  readonly served: Map<SessionId, Served>;
};

export class StepMemory {
  readonly #tenants = new Map<TenantName, Own>();

  /** Undefined: too little was told of the node, or several classes were. */
  classOf(tenant: TenantName, node: string): StepClass | undefined {
    const told = this.#tenants.get(tenant)?.nodes.get(node);
    if (told === undefined) return undefined;
    const all = sumOf(told);
    for (const [step, times] of told) {
      if (times >= TOLD_MIN && times >= AGREED_MIN * all) return step;
    }
    return undefined;
  }

  /** A caller said what the node does. */
  tell(tenant: TenantName, node: string, step: StepClass): void {
    const { nodes } = this.#of(tenant);
    const told: Told = nodes.get(node) ?? new Map();
    told.set(step, (told.get(step) ?? 0) + 1);
    if (sumOf(told) > TOLD_MAX) for (const [one, times] of told) told.set(one, times >> 1);
    putLast(nodes, node, { value: told, most: NODES_PER_TENANT_MAX });
  }

  lastOf(tenant: TenantName, session: SessionId): Difficulty | undefined {
    return this.#tenants.get(tenant)?.sessions.get(session);
  }

  decided(tenant: TenantName, session: SessionId, difficulty: Difficulty): void {
    const { sessions } = this.#of(tenant);
    putLast(sessions, session, { value: difficulty, most: SESSIONS_PER_TENANT_MAX });
  }

  servedOf(tenant: TenantName, session: SessionId): Served | undefined {
    return this.#tenants.get(tenant)?.served.get(session);
  }

  served(tenant: TenantName, session: SessionId, served: Served): void {
    putLast(this.#of(tenant).served, session, { value: served, most: SESSIONS_PER_TENANT_MAX });
  }

  #of(tenant: TenantName): Own {
    const own: Own = this.#tenants.get(tenant) ?? {
      ...{ nodes: new Map(), sessions: new Map(), served: new Map() },
    };
    putLast(this.#tenants, tenant, { value: own, most: TENANTS_MAX });
    return own;
  }
}

const sumOf = (told: Told): number => {
  let sum = 0;
  for (const times of told.values()) sum += times;
  return sum;
};

/** Maps keep the order of insertion: the first was idle longest. */
function putLast<K, V>(
  map: Map<K, V>,
  key: K,
  put: { readonly value: V; readonly most: number },
): void {
  map.delete(key);
  map.set(key, put.value);
  if (map.size <= put.most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
