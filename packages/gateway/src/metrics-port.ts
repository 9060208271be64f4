// `/metrics` on a port of its own (`server.metrics.port`), without a key: who may reach the port
// may read it. Nothing else is there.
import { refusal } from '@signalbox/contract';
import { type Listening, listen, splitTarget } from '@signalbox/ports';
import { newId, refuse } from './gateway.ts';
import { sendMetrics } from './page.ts';
import { rawRefusal } from './raw.ts';
import type { StorageOptions } from './storage.ts';

/** Undefined when no port is configured. */
export async function listenForMetrics(options: StorageOptions): Promise<Listening | undefined> {
  const { configuration, telemetry } = options;
  const { host, metrics } = configuration.server;
  if (metrics.port === undefined) return undefined;
  return listen({
    host,
    port: metrics.port,
    handler: (exchange) => {
      const target = splitTarget(exchange.head.target);
      const found = target !== 'invalid' && target.path === '/metrics';
      if (found && exchange.head.method === 'GET') sendMetrics(exchange, telemetry.metricsText());
      else refuse(exchange, refusal('route_unknown', 'Only GET /metrics is here.'), newId(options));
    },
    refuse: (problem, why, target) => rawRefusal(problem, { why, target }, options),
  });
}
