import { parseArgs } from 'node:util';
import { bare } from './contestants/bare.ts';
import type { Contestant } from './contestants/contestant.ts';
import { direct } from './contestants/direct.ts';
import { portkey } from './contestants/portkey.ts';
import { signalbox } from './contestants/signalbox.ts';
import { fidelity } from './fidelity.ts';
import { ladder } from './ladder.ts';
import { overhead } from './overhead.ts';
import { policyBench } from './policy.ts';
import { type Report, renderTable } from './report.ts';
import { resilience } from './resilience.ts';
import { resolveBench } from './resolve.ts';
import { routing } from './routing.ts';
import { scan } from './scan.ts';
import { scanned } from './scanned.ts';
import { start } from './start.ts';
import { translation } from './translation.ts';

/** `npm run bench -- NAME`: figures on standard output, progress on standard error. */

const usage = `npm run bench -- overhead
npm run bench -- overhead --quick --contestants direct,bare
npm run bench -- overhead --json --rounds 9

Benchmarks
  overhead     CPU, latency and memory of a call, against direct, a bare proxy and a peer
  ladder       the same call with one feature more on every rung
  resilience   slow and dead endpoints with and without the means against them, simulated
  resolve      the decision about one call among thousands of offers
  policy       the check before policies are published, and records decided again
  translation  what it costs to carry a call between two dialects
  scan         how fast the sensitivity scanner reads, and texts built to slow it
  scanned      CPU of a call by what it says, and the loop while bodies of 25 MB are read
  routing      what the learned router takes to decide and to train, and its size
  fidelity     one agent on unequal models, asked in their manner and as it comes
  start        time of npm start to the first answer, and its memory

Options
  --json               one JSON document instead of a table
  --rounds N           rounds of every measurement (5; with --quick 2)
  --quick              within two minutes, for development, not for quoting
  --contestants A,B    overhead, scanned: only these (direct, signalbox, bare, portkey)
`;

/** Leaves a default run the minutes that warming up and memory take of its quarter of an hour. */
const roundsMsMaxDefault = 600_000;

const all: readonly Contestant[] = [direct, signalbox, bare, portkey];

const unknown = (name: string | undefined): string =>
  name === undefined ? 'say which benchmark' : `there is no benchmark "${name}"`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      contestants: { type: 'string' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1_000) {
    throw new Error('--rounds wants a whole number from 1 to 1000');
  }
  const names = values.contestants?.split(',');
  const strange = names?.find((name) => !all.some((one) => one.name === name));
  if (strange !== undefined) throw new Error(`--contestants: nobody is called "${strange}"`);
  const contestants = all.filter((one) => names === undefined || names.includes(one.name));
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const roundsMsMax = values.rounds === undefined ? roundsMsMaxDefault : Number.POSITIVE_INFINITY;
  const common = { rounds, roundsMsMax, quick: values.quick, say };
  let report: Report;
  switch (positionals[0]) {
    case 'overhead':
      report = await overhead({ ...common, contestants });
      break;
    case 'scanned':
      report = await scanned({ ...common, contestants });
      break;
    case 'ladder':
      report = await ladder(common);
      break;
    case 'resilience':
      report = await resilience(common);
      break;
    case 'resolve':
      report = await resolveBench(common);
      break;
    case 'policy':
      report = await policyBench(common);
      break;
    case 'translation':
      report = translation(common);
      break;
    case 'scan':
      report = scan(common);
      break;
    case 'routing':
      report = routing(common);
      break;
    case 'fidelity':
      report = await fidelity(common);
      break;
    case 'start':
      report = await start(common);
      break;
    default:
      process.stderr.write(`${unknown(positionals[0])}\n\n${usage}`);
      return 2;
  }
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : renderTable(report));
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
