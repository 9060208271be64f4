// Spans, where the configuration wants them: each call gets its place in a trace, and what it was
// is exported after its end. The collector and the share are those of the start.
import type { CallRecord, CallTrace, Credential, Store, Upstream } from '@signalbox/contract';
import { exportOf, type Snapshot } from '@signalbox/engine';
import { beginTrace, createSpans, type Where, type Whither } from '@signalbox/ports';
import { reachOf } from './compile.ts';
import { readSecrets, type SecretsOptions } from './secrets.ts';
import type { StorageOptions } from './storage.ts';

export type Tracing = {
  readonly begin: (traceparent: string | undefined) => CallTrace;
  readonly spans: (record: CallRecord, trace: CallTrace) => void;
  /** Waits a moment for the last records and the collector, not longer. */
  close(store: Pick<Store, 'durable'>): Promise<void>;
};

const CLOSE_MS_MAX = 2_000;
const TRACES_PATH = '/v1/traces';

type Options = SecretsOptions &
  Pick<StorageOptions, 'configuration' | 'clock' | 'random'> & { readonly version: string };

/** Undefined: nothing is exported. */
export async function openTracing(
  options: Options,
  upstream: Upstream,
  now: () => Snapshot,
): Promise<Tracing | undefined> {
  const { configuration, clock, random, telemetry: sink, version } = options;
  const { otlp } = configuration.telemetry;
  if (otlp === undefined) return undefined;
  const url = new URL(otlp.url);
  sink.describe('traces_dropped', { help: 'Ended calls whose spans were not exported.' });
  sink.describe('traces_exported', { help: 'Ended calls whose spans a collector took.' });
  const spans = createSpans({
    ...{ clock, upstream, sink, path: pathOf(url) },
    ...(await headersOf(options, url.origin)),
    facts: { version, node: configuration.node.name, whereOf: (name) => whereOf(now(), name) },
    mayGo: (record) => mayExport(record, url, now()),
  });
  return {
    begin: (traceparent) => beginTrace(traceparent, otlp.sample, { clock, random }),
    spans: (record, trace) => spans.add(record, trace),
    async close(store) {
      await new Promise<void>((done) => {
        const cancel = clock.after(CLOSE_MS_MAX, done);
        store.durable(() => {
          cancel();
          done();
        });
      });
      await spans.close(CLOSE_MS_MAX);
    },
  };
}

function pathOf({ pathname }: URL): string {
  const base = pathname.replace(/\/+$/, '');
  return base.endsWith(TRACES_PATH) ? base : `${base}${TRACES_PATH}`;
}

type Headed = {
  readonly headers: readonly (readonly [string, string])[];
  readonly credential: Credential | undefined;
};

/** The first is bound to the collector's origin like any credential; there is seldom a second. */
async function headersOf(options: Options, origin: string): Promise<Headed> {
  const secretOf = await readSecrets(options.configuration, options);
  const headers: [string, string][] = [['content-type', 'application/json']];
  let credential: Credential | undefined;
  for (const [written, reference] of options.configuration.telemetry.otlp?.headers ?? []) {
    const header = written.toLowerCase();
    const value = secretOf(reference);
    if (value === undefined) options.telemetry.log('warn', 'otlp-header-not-read', { header });
    else if (credential === undefined) {
      credential = { name: 'telemetry', origin, header, prefix: '', value };
    } else headers.push([header, value.reveal()]);
  }
  return { headers, credential };
}

export function whereOf({ catalog }: Snapshot, name: string): Where | undefined {
  const endpoint = catalog.endpoints.get(name);
  if (endpoint === undefined) return undefined;
  return { kind: endpoint.kind, url: new URL(endpoint.origin) };
}

/** A span goes no further than its call, and with no tenant there is nobody to ask. */
export function mayExport(record: CallRecord, url: URL, { tenants, catalog }: Snapshot): Whither {
  const tenant = record.tenant === undefined ? undefined : tenants.tenants.get(record.tenant);
  if (tenant === undefined) return { ok: false, breach: 'tenant' };
  return exportOf(record, tenant, { url, reach: reachOf(url) }, catalog.node);
}
