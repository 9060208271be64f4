// Runs the sim alone. Prints one line, its URL, and stops on SIGINT or SIGTERM.
import { parseArgs } from 'node:util';
import { startSim } from './sim.ts';

const usage = `node packages/sim/src/main.ts --port 4200 --latency-ms-first 50

  --port N                 default 0: any free port
  --host ADDRESS           default 127.0.0.1
  --latency-ms-first N     wait before the first token of every answer
  --latency-ms-per-token N wait before every further token
  --seed N                 another seed, other answers
  --clock real             'created' is now; default: the clock stands still
`;

const count = { type: 'string', default: '0' } as const;
const options = {
  port: count,
  host: { type: 'string', default: '127.0.0.1' },
  'latency-ms-first': count,
  'latency-ms-per-token': count,
  seed: { type: 'string', default: '1' },
  clock: { type: 'string', default: 'standing' },
  help: { type: 'boolean', default: false },
} as const;

function flagsOf(): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return misused(error instanceof Error ? error.message : 'unknown flag');
  }
}

function wholeNumber(flag: string, text: string | undefined, max: number): number {
  const value = Number(text);
  if (text === undefined || !/^\d+$/.test(text) || value > max) {
    return misused(`--${flag} must be a whole number from 0 to ${max}`);
  }
  return value;
}

function misused(message: string): never {
  process.stderr.write(`${message}\n\n${usage}`);
  process.exit(2);
}

const flags = flagsOf();
if (flags.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (flags.clock !== 'standing' && flags.clock !== 'real') misused('--clock is real or standing');

const sim = await startSim({
  port: wholeNumber('port', flags.port, 65_535),
  host: flags.host ?? '127.0.0.1',
  latencyMsFirst: wholeNumber('latency-ms-first', flags['latency-ms-first'], 600_000),
  latencyMsPerToken: wholeNumber('latency-ms-per-token', flags['latency-ms-per-token'], 600_000),
  seed: wholeNumber('seed', flags.seed, 4_294_967_295),
  // A person's prompts stay out of memory; only a test has use for them.
  requestsKeptMax: 0,
  ...(flags.clock === 'real' ? { now: Date.now } : {}),
});
process.stdout.write(`${sim.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sim.close());
