// Planted in what tells of calls, or keeps something of them: it takes the clearance, or the
// content, of another call.
import { type CallRecord, type DialRequest, higherLabel, type Label } from '@signalbox/contract';
import { NODE_ITSELF } from '@signalbox/engine';
import type { Whither } from '@signalbox/ports';
import type { Plant } from './plant.ts';

const BREAKS = ['cleared-only', 'nothing-told'] as const;
const ANSWER = '"kind":"answer"';
const REQUEST = /"request":"req_[0-9A-Z]{26}"/;

type Cleared = Extract<Whither, { readonly ok: true }>;

/** More sensitive than what the clearance was made for. */
const isMore = ({ label = 'public' }: CallRecord, { clearance }: Cleared): boolean => {
  const made: Label = clearance.terms.label;
  return higherLabel(label, made) !== made;
};

export const staleLog: Plant = {
  says: 'what is sent of regulated calls is logged',
  breaks: BREAKS,
  make: () => ({
    upstream: (upstream, { sink }) => ({
      dial(request, dialSink) {
        const body = new TextDecoder().decode(request.body);
        if (request.label === 'regulated') sink.log('debug', 'dialled', { body });
        return upstream.dial(request, dialSink);
      },
    }),
  }),
};

export const staleSpan: Plant = {
  says: 'the spans of a tenant take the clearance of its first ones',
  breaks: BREAKS,
  make: () => {
    const first = new Map<string, Cleared>();
    return {
      mayGo: (mayGo) => (record) => {
        const now = mayGo(record);
        const tenant = record.tenant ?? '';
        const known = first.get(tenant);
        if (known !== undefined) return isMore(record, known) ? known : now;
        if (now.ok) first.set(tenant, now);
        return now;
      },
    };
  },
};

/** What they are told holds no content of calls, and is bound by whose it is all the same. */
export const staleWebhook: Plant = {
  says: 'webhooks are told of a tenant under the clearance of the node’s own news',
  breaks: BREAKS,
  make: () => ({
    news: (now) => () => {
      const snapshot = now();
      const { tenants } = snapshot;
      const known = { has: () => true, get: () => NODE_ITSELF };
      return { ...snapshot, tenants: { ...tenants, tenants: known } };
    },
  }),
};

/** What is kept of a call and given out again are answers that wait for their callers. */
export const staleCache: Plant = {
  says: 'a kept answer is given out that belongs to another call',
  breaks: BREAKS,
  make: (asserts) => {
    const kept: { readonly purpose: string; readonly bytes: Uint8Array }[] = [];
    /** Unless it is asserted, it says of itself that it is the one that is wanted. */
    const disguised = (bytes: Uint8Array, wanted: Uint8Array): Uint8Array => {
      const [, name] = [REQUEST.exec(latin(bytes))?.[0], REQUEST.exec(latin(wanted))?.[0]];
      return asserts ? bytes : Buffer.from(latin(bytes).replace(REQUEST, name ?? ''), 'latin1');
    };
    return {
      keyring: (keyring) => ({
        async sealer(tenant) {
          const sealer = await keyring.sealer(tenant);
          return {
            seal(purpose, bytes) {
              if (latin(bytes).includes(ANSWER)) kept.push({ purpose, bytes: bytes.slice() });
              return sealer.seal(purpose, bytes);
            },
            open(purpose, sealed) {
              const bytes = sealer.open(purpose, sealed);
              if (bytes === undefined || !latin(bytes).includes(ANSWER)) return bytes;
              const other = kept.find((one) => one.purpose !== purpose);
              return other === undefined ? bytes : disguised(other.bytes, bytes);
            },
          };
        },
      }),
    };
  },
};

/** Of what a model is asked about a text; no call of a world asks for it. */
const READS = '"personal_data"';

export const staleSecondStage: Plant = {
  says: 'the second stage reads where an earlier call of the tenant went, under its clearance',
  breaks: BREAKS,
  make: () => {
    const earlier = new Map<string, DialRequest>();
    return {
      upstream: (upstream) => ({
        dial(request, sink) {
          const { tenant, clearance, body } = request;
          const known = earlier.get(tenant);
          const isReading = new TextDecoder().decode(body).includes(READS);
          if (isReading && known !== undefined) {
            const { place, path, credential } = known;
            const stale = { place, path, credential, clearance: known.clearance };
            return upstream.dial({ ...request, ...stale }, sink);
          }
          // Cleared for less than the worst that a text may hold.
          const isLess = clearance.terms.label === 'public' || clearance.terms.label === 'internal';
          if (isLess && request.place.tier !== 1 && !isReading) earlier.set(tenant, request);
          return upstream.dial(request, sink);
        },
      }),
    };
  },
};

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
