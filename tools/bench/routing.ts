import { decodeRouter, encodeRouter, LearnedRouter, trainRouter } from '@signalbox/engine';
import { Book } from './book.ts';
import type { GoalLine } from './goals.table.ts';
import type { Report } from './report.ts';
import { learning, sentences } from './routing-texts.ts';
import { ascending, quantile } from './statistics.ts';
import { versions } from './versions.ts';

/**
 * What the learned router costs, warmed up: deciding about texts of several lengths, training on
 * 7,000 rows of 57 steps, and its file. Decisions are timed by the clock, so that on a busy machine
 * their p99 is the machine's; their mean and the training are CPU of the calling thread. The rows
 * are made up: times hang on their number, length and vocabulary, not on what they ask.
 */

export interface RoutingOptions {
  readonly rounds: number;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const atMost = (bound: number): GoalLine['goals'] => [{ kind: 'at-most', bound }];

const rowCount = 7_000;
const cpuTries = 1_000;
const lines: readonly GoalLine[] = [
  { figure: 'decision p50, 500 characters', unit: 'ms', goals: atMost(0.1) },
  { figure: 'decision p99, 500 characters', unit: 'ms', goals: atMost(1) },
  { figure: 'decision p50, 8,000 characters', unit: 'ms', goals: [] },
  { figure: 'decision p99, 8,000 characters', unit: 'ms', goals: atMost(1) },
  { figure: 'decision, 100,000 characters', unit: 'ms', goals: atMost(10) },
  { figure: 'CPU of a decision, 500 characters', unit: 'ms', goals: [] },
  { figure: 'CPU of a decision, 8,000 characters', unit: 'ms', goals: [] },
  { figure: 'training, 7,000 rows', unit: 's', goals: atMost(30) },
  { figure: 'file of the router', unit: 'KB', goals: atMost(1_000) },
];

export function routing({ rounds, quick, say }: RoutingOptions): Report {
  const book = new Book();
  const rows = learning(rowCount);
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}`);
    const write = (figure: string, value: number): void =>
      book.write({ figure, contestant: 'signalbox', round, value });
    const begun = process.threadCpuUsage();
    const bytes = encodeRouter(trainRouter(rows, { models: ['small', 'large'] }));
    write('training, 7,000 rows', cpuMs(begun) / 1_000);
    write('file of the router', bytes.length / 1_000);
    const model = decodeRouter(bytes);
    if (model === undefined) throw new Error('the router cannot be read back');
    const router = new LearnedRouter(model);
    const spanMs = quick ? 300 : 1_500;
    write('CPU of a decision, 500 characters', meanCpuMs(router, 500));
    write('CPU of a decision, 8,000 characters', meanCpuMs(router, 8_000));
    const short = decisionMs(router, 500, spanMs);
    const long = decisionMs(router, 8_000, spanMs);
    write('decision p50, 500 characters', quantile(short, 0.5) ?? Number.NaN);
    write('decision p99, 500 characters', quantile(short, 0.99) ?? Number.NaN);
    write('decision p50, 8,000 characters', quantile(long, 0.5) ?? Number.NaN);
    write('decision p99, 8,000 characters', quantile(long, 0.99) ?? Number.NaN);
    const huge = decisionMs(router, 100_000, spanMs);
    write('decision, 100,000 characters', quantile(huge, 0.99) ?? Number.NaN);
  }
  return { name: 'routing', versions: versions(), rows: book.rows(lines), faults: [] };
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(since);
  return (user + system) / 1_000;
}

/** Kernels count the CPU of a thread in ticks of some milliseconds: only many calls tell. */
function meanCpuMs(router: LearnedRouter, length: number): number {
  const texts = Array.from({ length: 64 }, (_, at) => sentences(length, at + 1));
  const family = 'made-up';
  const decideAll = (): void => {
    for (let at = 0; at < cpuTries; at += 1) router.decide({ text: texts[at % 64] ?? '', family });
  };
  decideAll();
  const begun = process.threadCpuUsage();
  decideAll();
  return cpuMs(begun) / cpuTries;
}

/** Milliseconds of many decisions with the step not told, after half as long to warm up. */
function decisionMs(router: LearnedRouter, length: number, spanMs: number): readonly number[] {
  const texts = Array.from({ length: 64 }, (_, at) => sentences(length, at + 1));
  const family = 'made-up';
  const taken: number[] = [];
  const start = performance.now();
  for (let at = 0; performance.now() < start + 1.5 * spanMs; at += 1) {
    const text = texts[at % texts.length] ?? '';
    const begun = performance.now();
    router.decide({ text, family });
    const ended = performance.now();
    if (begun > start + spanMs / 2) taken.push(ended - begun);
  }
  return [...ascending(taken)];
}
