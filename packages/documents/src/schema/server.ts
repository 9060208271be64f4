/**
 * The singletons: `server`, `node`, `queue`, `routing`, `journal`, `telemetry`. Their defaults
 * stand here.
 */
import { z } from 'zod';
import { isLoopback } from '../address.ts';
import type {
  JournalDocument,
  NodeDocument,
  QueueDocument,
  RoutingDocument,
  ServerDocument,
  TelemetryDocument,
} from '../configuration.ts';
import { formed, listOf, mapOf, milliseconds, name, region, secret, tier, url } from './words.ts';

const KIB = 1_024;
const MIB = 1_024 * KIB;
const GIB = 1_024 * MIB;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DRAIN_DELAY_MS = 5_000;

const port = z.int().min(0).max(65_535);
const count = z.int().min(1).max(1_000_000);
const bytes = (least: number): z.ZodInt => z.int().min(least).max(Number.MAX_SAFE_INTEGER);

const metrics = z.strictObject({
  port: port
    .optional()
    .describe('A port of its own for `/metrics`. Without it `/metrics` asks for the admin key.'),
});

const tls = z
  .strictObject({
    cert: secret.describe('PEM of its certificate, and of those that lead to its authority.'),
    key: secret.describe('PEM of its key, without a passphrase.'),
    client_ca: secret
      .optional()
      .describe('PEM of authorities; each caller must show a certificate of one of them.'),
  })
  .transform(({ cert, key, client_ca: clientCa }) => ({ cert, key, clientCa }));

export const server: z.ZodType<ServerDocument> = z
  .strictObject({
    host: formed({
      pattern: /^[A-Za-z0-9.:_-]{1,253}$/,
      message: 'a host is an address or a name, without a port',
      hint: 'write it in the way of `127.0.0.1` or `::1`; the port stands in `server.port`',
    })
      .default('127.0.0.1')
      .describe('Address to listen on. Any other than loopback needs a configured admin key.'),
    port: port.default(4141).describe('Port to listen on; 0 takes a free one.'),
    body_bytes_max: bytes(KIB)
      .default(32 * MIB)
      .describe('Largest request body; more is 413.'),
    headers_ms_max: milliseconds(10 * MINUTE_MS)
      .default(10_000)
      .describe('Time a caller has to send the request head.'),
    body_ms_max: milliseconds(60 * MINUTE_MS)
      .default(MINUTE_MS)
      .describe('Time a caller has to send the request body.'),
    drain_delay_ms: z
      .int()
      .min(0)
      .max(10 * MINUTE_MS)
      .optional()
      .describe(
        'How long `/readyz` says draining before the listener closes: 5000, and 0 on loopback.',
      ),
    drain_ms_max: milliseconds(60 * MINUTE_MS)
      .default(30_000)
      .describe('Time that open streams get after that.'),
    connections_max: count.default(10_000).describe('Open connections of callers.'),
    secrets_refresh_ms: z
      .int()
      .min(SECOND_MS)
      .max(DAY_MS)
      .default(3 * MINUTE_MS)
      .describe(
        'How often commands of `exec:` secrets are run again, where what they print has no ' +
          '`Expiration` that says when.',
      ),
    metrics: metrics.optional().describe('Where metrics are served.'),
    tls: tls.optional().describe('Speaks HTTPS with this certificate; files of it are watched.'),
  })
  .transform((written) => ({
    host: written.host,
    port: written.port,
    bodyBytesMax: written.body_bytes_max,
    headersMsMax: written.headers_ms_max,
    bodyMsMax: written.body_ms_max,
    drainDelayMs: written.drain_delay_ms ?? (isLoopback(written.host) ? 0 : DRAIN_DELAY_MS),
    drainMsMax: written.drain_ms_max,
    connectionsMax: written.connections_max,
    secretsRefreshMs: written.secrets_refresh_ms,
    metrics: { port: written.metrics?.port },
    tls: written.tls,
  }));

export const node: z.ZodType<NodeDocument> = z
  .strictObject({
    name: name.default('node').describe('Name of this node in records; unique in a fleet.'),
    tier: tier
      .default(1)
      .describe('Where this node stands: 1 the device itself, 2 a private network, 3 elsewhere.'),
    region: region.optional().describe('Region this node runs in.'),
    network: name.optional().describe('Network this node belongs to, as tenants name it.'),
    policies: listOf(name)
      .optional()
      .describe('Policies of every call through this node, asked after all others.'),
  })
  .transform((written) => ({
    name: written.name,
    tier: written.tier,
    region: written.region,
    network: written.network,
    policies: written.policies ?? [],
  }));

export const queue: z.ZodType<QueueDocument> = z
  .strictObject({
    wait_ms_max: milliseconds(10 * MINUTE_MS)
      .default(30_000)
      .describe(
        'How long a call without `x-signalbox-queue: allow` waits while all routes are down.',
      ),
    calls_max: count.default(1_000).describe('Parked calls of all tenants.'),
    per_tenant_max: count.default(100).describe('Parked calls of one tenant.'),
    bytes_max: bytes(MIB)
      .default(64 * MIB)
      .describe('Bytes of parked calls and their answers on disk, of all tenants.'),
    per_tenant_bytes_max: bytes(MIB)
      .default(32 * MIB)
      .describe('The same of one tenant.'),
    keep_ms: milliseconds(DAY_MS)
      .default(60 * MINUTE_MS)
      .describe('How long a parked call waits, and its answer is kept, before it is gone (410).'),
  })
  .transform((written) => ({
    waitMsMax: written.wait_ms_max,
    callsMax: written.calls_max,
    perTenantMax: written.per_tenant_max,
    bytesMax: written.bytes_max,
    perTenantBytesMax: written.per_tenant_bytes_max,
    keepMs: written.keep_ms,
  }));

export const routing: z.ZodType<RoutingDocument> = z
  .strictObject({
    threshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('The stronger tier is asked where a promoted router says it gains more than this.'),
    labels_min: count
      .default(50)
      .describe('With fewer labels of a step, of the tenant or of all, a router says nothing.'),
    features_keep: z
      .int()
      .min(0)
      .max(365)
      .default(30)
      .describe('Days, at most, that hashed features of calls are kept to learn from; 0: none.'),
  })
  .transform((written) => ({
    threshold: written.threshold,
    labelsMin: written.labels_min,
    featuresKeepDays: written.features_keep,
  }));

export const journal: z.ZodType<JournalDocument> = z
  .strictObject({
    keep_days: z.int().min(1).max(36_500).default(30).describe('Days that segments are kept.'),
    keep_bytes: bytes(MIB)
      .default(10 * GIB)
      .describe('Bytes kept; whichever limit comes first.'),
    group_commit_ms_max: milliseconds(1_000)
      .default(10)
      .describe('Longest time an entry waits for its fsync: what a power cut may cost.'),
    backlog_bytes_max: bytes(KIB)
      .default(64 * MIB)
      .describe('Entries waiting for the disk; above it new calls get 503 `journal_unavailable`.'),
    segment_bytes_max: bytes(4 * KIB)
      .default(64 * MIB)
      .describe('Size of one segment file.'),
  })
  .transform((written) => ({
    keepDays: written.keep_days,
    keepBytes: written.keep_bytes,
    groupCommitMsMax: written.group_commit_ms_max,
    backlogBytesMax: written.backlog_bytes_max,
    segmentBytesMax: written.segment_bytes_max,
  }));

const headerName = formed({
  pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,127}$/,
  message: 'a header is named by 1 to 128 letters, digits and `-`',
  hint: 'write it in the way of `authorization`',
});

const otlp = z
  .strictObject({
    url: url.describe('Collector to send spans to, as OTLP over HTTP; `/v1/traces` is added.'),
    headers: mapOf(headerName, secret).optional().describe('Headers whose values are references.'),
    sample: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe('Share of the traces that begin here; a caller with a trace has decided already.'),
  })
  .transform((written) => ({
    url: written.url,
    headers: written.headers ?? new Map<string, never>(),
    sample: written.sample,
  }));

export const telemetry: z.ZodType<TelemetryDocument> = z
  .strictObject({
    log_level: z
      .enum(['debug', 'info', 'warn', 'error'])
      .default('info')
      .describe('Least severe log line to write.'),
    otlp: otlp.optional().describe('Export of spans. Nothing is exported by default.'),
  })
  .transform((written) => ({ logLevel: written.log_level, otlp: written.otlp }));
