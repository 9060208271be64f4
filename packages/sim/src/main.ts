// Runs the sim alone: `node packages/sim/src/main.ts --port 4200 --latency-ms-first 50`.
// Prints one line, its URL, and stops on SIGINT or SIGTERM.
import { parseArgs } from 'node:util';
import { startSim } from './sim.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'latency-ms-first': { type: 'string', default: '0' },
    'latency-ms-per-token': { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});

const sim = await startSim({
  port: Number(values.port),
  host: values.host,
  latencyMsFirst: Number(values['latency-ms-first']),
  latencyMsPerToken: Number(values['latency-ms-per-token']),
  seed: Number(values.seed),
  requestsKeptMax: 0,
});
process.stdout.write(`${sim.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sim.close());
