// Planted where something leaves the node.
import type { Snapshot } from '@signalbox/engine';
import type { Plant } from './plant.ts';

export const ignoreClearanceOnFallback: Plant = {
  says: 'every place but the first of a route pretends to be the device itself',
  breaks: ['egress-within'],
  make: () => ({
    snapshot(snapshot) {
      const { catalog, policies } = snapshot;
      let isFirst = true;
      return {
        ...snapshot,
        policies: {
          // Asked once, before the places of a call are.
          judge(call, judging) {
            isFirst = true;
            return policies.judge(call, judging);
          },
          hasShadow: false,
          shadowed: () => [],
          matched: () => [],
        },
        catalog: {
          ...catalog,
          placeOf(endpoint, tenant) {
            const place = catalog.placeOf(endpoint, tenant);
            if (isFirst) {
              isFirst = false;
              return place;
            }
            return { ...place, tier: 1, retention: 'zero', own: true, tenant: undefined };
          },
        },
      };
    },
  }),
};

export const staleClearanceAfterPark: Plant = {
  says: 'while calls are parked, documents that changed are not read, and records hide it',
  breaks: ['egress-within', 'record-true'],
  make: () => ({
    now(now, live) {
      let kept: Snapshot | undefined;
      return () => {
        if (live.parking.waiting.size === 0) kept = undefined;
        else kept ??= now();
        const { version } = now();
        if (kept !== undefined && kept.version !== version) kept = { ...kept, version };
        return kept ?? now();
      };
    },
  }),
};

export const loseAbort: Plant = {
  says: 'an abort never reaches the upstream',
  breaks: ['abort-within'],
  make: () => ({
    upstream: (upstream) => ({
      dial(request, sink) {
        upstream.dial(request, sink);
        return () => undefined;
      },
    }),
  }),
};

const SHOWN = 60;

export const logBodies: Plant = {
  says: 'what is sent to an upstream is logged',
  breaks: ['nothing-told'],
  make: () => ({
    upstream: (upstream, { sink }) => ({
      dial(request, dialSink) {
        const body = new TextDecoder().decode(request.body).slice(-SHOWN * 4);
        sink.log('debug', 'dialled', { place: request.place.name, body });
        return upstream.dial(request, dialSink);
      },
    }),
  }),
};
