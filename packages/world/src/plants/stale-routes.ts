// Planted where it is decided where a call goes: it goes by the label, the route or the clearance
// of an earlier, less sensitive call of its tenant. Nothing that the rooms assert of it is broken,
// so that only the far end can notice.
import {
  type Clearance,
  higherLabel,
  type RequestId,
  recordedTerms,
  type Store,
  type Upstream,
  within,
} from '@signalbox/contract';
import type { Resolved, Snapshot } from '@signalbox/engine';
import { storeOver } from '../node/over.ts';
import type { Plant } from './plant.ts';

type Policies = Snapshot['policies'];
type Judged = Parameters<Policies['judge']>[0];
type Route = Resolved['route'];
/** A call as far as it has come. */
export type Passport = Judged & {
  readonly route?: Route;
  readonly entry?: number;
  readonly permit?: object;
};
type Routed = Passport & { readonly route: Route };

/** Places of an earlier route that are beyond a call's own clearance, and what cleared them. */
type Stale = { readonly clearance: Clearance; readonly beyond: Route['offers'] };

const BREAKS = ['cleared-only'] as const;
const EARLIER_MAX = 32;
const SOON_MS = 5;

/** Told of every call that has a route, before it is dispatched. */
function onRoute(snapshot: Snapshot, then: (call: Routed) => void): Snapshot {
  const { policies } = snapshot;
  const hasRoute = (call: Passport): call is Routed => call.route !== undefined;
  return {
    ...snapshot,
    policies: judgedBy(policies, (call, judging) => {
      queueMicrotask(() => {
        if (hasRoute(call)) then(call);
      });
      return policies.judge(call, judging);
    }),
  };
}

export function judgedBy(policies: Policies, judge: Policies['judge']): Policies {
  const { hasShadow } = policies;
  return {
    judge,
    hasShadow,
    shadowed: (call) => policies.shadowed(call),
    matched: (call) => policies.matched(call),
  };
}

/** The routes of earlier calls. */
class Earlier {
  #calls: {
    readonly of: Routed['tenant']['name'];
    readonly call: Routed;
    readonly route: Route;
  }[] = [];

  remember(call: Routed): void {
    this.#calls = [{ of: call.tenant.name, call, route: call.route }, ...this.#calls];
    this.#calls.length = Math.min(this.#calls.length, EARLIER_MAX);
  }

  /** Undefined: nothing earlier would let this call go further. */
  staleFor({ tenant, head, route, profile }: Routed): Stale | undefined {
    for (const { of, call, route: old } of this.#calls) {
      const isLess =
        higherLabel(profile.label, old.clearance.terms.label) !== old.clearance.terms.label;
      const isAlike = of === tenant.name && call.head.operation === head.operation;
      const holdsOwn = route.offers.every(
        ({ place }) => within(old.clearance, place) === undefined,
      );
      if (!isLess || !isAlike || !holdsOwn) continue;
      const beyond = old.offers.filter(({ place }) => within(route.clearance, place) !== undefined);
      if (beyond.length > 0) return { clearance: old.clearance, beyond };
    }
    return undefined;
  }
}

const change = (call: Routed, more: Partial<Route>): void =>
  void Object.assign(call, { route: { ...call.route, ...more } });

/** What goes out after the first dial of a call goes under the clearance that was put here. */
class Swaps {
  readonly #own = new Map<RequestId, Clearance>();
  readonly #next = new WeakMap<Clearance, { readonly call: Routed; readonly to: Clearance }>();

  afterFirst(call: Routed, to: Clearance): void {
    this.#next.set(call.route.clearance, { call, to });
    this.#own.set(call.id, call.route.clearance);
  }

  /** The fault is in what is sent: the record names the clearance that the call had. */
  within(store: Store): Store {
    return storeOver(store, {
      append: (draft) => {
        const own = draft.call === undefined ? undefined : this.#own.get(draft.call);
        if (draft.kind === 'settlement' && own !== undefined) {
          Object.assign(draft.body, { clearance: recordedTerms(own.terms) });
        }
        store.append(draft);
      },
    });
  }

  over(upstream: Upstream): Upstream {
    return {
      dial: (request, sink) => {
        const abort = upstream.dial(request, sink);
        const next = this.#next.get(request.clearance);
        if (next !== undefined) change(next.call, { clearance: next.to });
        return abort;
      },
    };
  }
}

export const resolveIgnoresLabel: Plant = {
  says: 'resolve clears every call as if it were public',
  breaks: BREAKS,
  make: () => ({
    snapshot(snapshot) {
      const { policies } = snapshot;
      return {
        ...snapshot,
        policies: judgedBy(policies, (call, judging) => {
          const verdict = policies.judge(call, judging);
          const { profile } = call;
          const put = (to: Judged['profile']): void => void Object.assign(call, { profile: to });
          put({ ...profile, label: 'public' });
          // Read right after the label: what comes later sees it as it is.
          return {
            ...verdict,
            get tierMax() {
              put(profile);
              return verdict.tierMax;
            },
          };
        }),
      };
    },
  }),
};

/** Calls of the first entry that did not wait for a place: their first offer is taken. */
function besideFirst(plan: (call: Routed, stale: Stale) => void): Plant['make'] {
  return () => {
    const earlier = new Earlier();
    const swaps = new Swaps();
    return {
      snapshot: (snapshot) =>
        onRoute(snapshot, (call) => {
          const stale = earlier.staleFor(call);
          earlier.remember(call);
          const isFirst = (call.entry ?? 1) === 1 && call.resumed === undefined;
          if (stale === undefined || !isFirst || call.permit === undefined) return;
          plan(call, stale);
          swaps.afterFirst(call, stale.clearance);
        }),
      upstream: (upstream) => swaps.over(upstream),
      store: (store) => swaps.within(store),
    };
  };
}

export const staleFallback: Plant = {
  says: 'a fallback takes the route and the clearance of an earlier call',
  breaks: BREAKS,
  make: besideFirst((call, { beyond }) => {
    const { offers, ranks, weights } = call.route;
    const last = ranks.at(-1) ?? 0;
    change(call, {
      offers: [...offers, ...beyond],
      ranks: [...ranks, ...beyond.map((_, at) => last + 1 + at)],
      weights: [...weights, ...beyond.map(() => 1)],
    });
  }),
};

export const staleHedge: Plant = {
  says: 'an attempt beside the first takes the route and the clearance of an earlier call',
  breaks: BREAKS,
  make: besideFirst((call, { beyond }) => change(call, { late: beyond[0], lateMs: SOON_MS })),
};

export const staleReplay: Plant = {
  says: 'a call that waited goes on with the route and the clearance of an earlier call',
  breaks: BREAKS,
  make: () => {
    const earlier = new Earlier();
    return {
      snapshot: (snapshot) =>
        onRoute(snapshot, (call) => {
          const stale = earlier.staleFor(call);
          earlier.remember(call);
          const waited = (call.entry ?? 1) > 1 || call.resumed !== undefined;
          if (stale === undefined || !waited) return;
          const { clearance, beyond } = stale;
          const offers = beyond.slice(0, 1);
          change(call, {
            clearance,
            offers,
            ranks: [0],
            weights: [1],
            late: undefined,
            better: [],
          });
        }),
    };
  },
};
