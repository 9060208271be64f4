import { scan as scanText } from '@signalbox/engine';
import { Book } from './book.ts';
import type { GoalLine } from './goals.table.ts';
import type { Report } from './report.ts';
import { type Adversary, adversaries, densePayload, plainText, prose } from './scan-texts.ts';
import { ascending, quantile } from './statistics.ts';
import { versions } from './versions.ts';

/**
 * How fast the sensitivity scanner reads, on one thread, warmed up: megabytes of text a second of
 * the fastest tenth of the scans, the time of one small text, texts built to slow it down. `growth`
 * is the time of twice as much text divided by the time of as much: 2 is linear.
 */

export interface ScanOptions {
  readonly rounds: number;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const atMost = (bound: number): GoalLine['goals'] => [{ kind: 'at-most', bound }];
const atLeast = (bound: number): GoalLine['goals'] => [{ kind: 'at-least', bound }];

const textLength = 65_536;
const smallLength = 16_384;
const adversaryLength = 20_480;
const adversaryTries = 25;

const lines: readonly GoalLine[] = [
  { figure: 'text without anchors', unit: 'MB/s', goals: atLeast(150) },
  { figure: 'prose', unit: 'MB/s', goals: atLeast(40) },
  { figure: 'dense payloads', unit: 'MB/s', goals: atLeast(12) },
  { figure: 'p99, 16 KB of prose', unit: 'ms', goals: atMost(1) },
  { figure: 'p99, 16 KB dense', unit: 'ms', goals: atMost(2) },
  { figure: '1 KB of prose', unit: 'us', goals: [] },
  { figure: 'slowest of 20 KB to slow it', unit: 'ms', goals: atMost(5) },
  { figure: 'growth, worst of those', unit: 'x', goals: atMost(2.3) },
];

export function scan({ rounds, quick, say }: ScanOptions): Report {
  const book = new Book();
  const spanMs = quick ? 200 : 800;
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}`);
    const write = (figure: string, value: number): void =>
      book.write({ figure, contestant: 'signalbox', round, value });
    write('text without anchors', megabytes(plainText(textLength), spanMs));
    write('prose', megabytes(prose(textLength), spanMs));
    write('dense payloads', megabytes(densePayload(textLength), spanMs));
    write('p99, 16 KB of prose', p99Ms(prose(smallLength), spanMs));
    write('p99, 16 KB dense', p99Ms(densePayload(smallLength), spanMs));
    write('1 KB of prose', 1_000 * undisturbedMs(prose(1_024), spanMs));
    const worst = slowest(say, round === 0);
    write('slowest of 20 KB to slow it', worst.ms);
    write('growth, worst of those', worst.growth);
  }
  return { name: 'scan', versions: versions(), rows: book.rows(lines), faults: [] };
}

/** Milliseconds of one scan: the fastest tenth, which other processes have not stopped. */
function undisturbedMs(text: string, spanMs: number): number {
  return quantile(ascending(scanMs(text, spanMs)), 0.1) ?? Number.NaN;
}

/** Milliseconds of each of many scans, after half as long to warm up. */
function scanMs(text: string, spanMs: number): readonly number[] {
  for (const until = performance.now() + spanMs / 2; performance.now() < until; ) scanText(text);
  const taken: number[] = [];
  for (const until = performance.now() + spanMs; performance.now() < until; ) {
    const begun = performance.now();
    scanText(text);
    taken.push(performance.now() - begun);
  }
  return taken;
}

const megabytes = (text: string, spanMs: number): number =>
  Buffer.byteLength(text) / 1_000 / undisturbedMs(text, spanMs);

const p99Ms = (text: string, spanMs: number): number =>
  quantile(ascending(scanMs(text, spanMs)), 0.99) ?? Number.NaN;

function slowest(say: (line: string) => void, tell: boolean): { ms: number; growth: number } {
  let ms = 0;
  let growth = 0;
  for (const one of adversaries) {
    const small = leastMs(one, adversaryLength);
    const large = leastMs(one, 2 * adversaryLength);
    if (tell) say(`  ${one.name}: ${small.toFixed(2)} ms, growth ${(large / small).toFixed(2)}`);
    ms = Math.max(ms, small);
    // Below half a millisecond the clock and the collector are louder than the text.
    if (small > 0.5) growth = Math.max(growth, large / small);
  }
  return { ms, growth };
}

function leastMs({ text }: Adversary, length: number): number {
  const made = text(length);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < adversaryTries; i += 1) {
    const begun = performance.now();
    scanText(made);
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}
