import type { DriverCommand, LoadResult } from './driver/commands.ts';
import type { RequestShape, Target } from './driver/requests.ts';

/**
 * The measurements of one round: what to ask of the driver, and which figures its result and the
 * CPU used give.
 */

export interface Step {
  readonly name: string;
  readonly command: (target: Target) => DriverCommand;
  readonly figures: (seen: Seen) => Readonly<Record<string, number | undefined>>;
}

export interface Seen {
  readonly result: LoadResult;
  /** CPU of the contestant's process tree during the command; undefined for the direct way. */
  readonly cpuUs: number | undefined;
}

export interface Scale {
  readonly saturationMs: number;
  readonly sequentialMs: number;
  readonly openMs: number;
  readonly shortStreams: number;
  readonly streamsEach: number;
}

/** Windows long enough for a second of CPU: the kernel counts it in steps of 10 ms. */
export const fullScale: Scale = {
  saturationMs: 3_000,
  sequentialMs: 1_500,
  openMs: 5_000,
  shortStreams: 40,
  streamsEach: 3,
};

export const quickScale: Scale = {
  saturationMs: 700,
  sequentialMs: 500,
  openMs: 1_500,
  shortStreams: 12,
  streamsEach: 1,
};

const saturationConnections = 32;
const streamConnections = 50;
const small = { mode: 'u1', bodyBytes: 1_024, usageAsked: false } as const;
const large = { mode: 'u1', bodyBytes: 102_400, usageAsked: false } as const;

export function steps(scale: Scale): readonly Step[] {
  return [
    saturation('1 KB request', small, scale),
    saturation('100 KB request', large, scale),
    sequential(scale),
    firstToken(scale),
    streams('cpu, stream chunk', true, scale),
    streams('cpu, stream chunk, usage not asked for', false, scale),
    atRate(scale),
  ];
}

/** What scanning costs: the same calls by what they say. */
export function scannedSteps(scale: Scale): readonly Step[] {
  return [
    saturation('1 KB of prose', { ...small, text: 'prose' }, scale),
    saturation('100 KB without anchors', { ...large, text: 'plain' }, scale),
    saturation('100 KB of prose', { ...large, text: 'prose' }, scale),
  ];
}

function saturation(what: string, shape: RequestShape, scale: Scale): Step {
  return {
    name: `saturation ${what.replace(' request', '')}`,
    command: (target) => ({
      kind: 'closed',
      target,
      shape,
      connections: saturationConnections,
      durationMs: scale.saturationMs,
      requestsMax: Number.MAX_SAFE_INTEGER,
    }),
    figures: ({ result, cpuUs }) => ({
      [`cpu, ${what}`]: each(cpuUs, result.answers),
      [`requests/s at saturation, ${what.replace(' request', '')}`]:
        (result.answers / result.durationMs) * 1_000,
    }),
  };
}

function sequential(scale: Scale): Step {
  return {
    name: 'sequential',
    command: (target) => ({
      kind: 'closed',
      target,
      shape: small,
      connections: 1,
      durationMs: scale.sequentialMs,
      requestsMax: Number.MAX_SAFE_INTEGER,
    }),
    figures: ({ result }) => ({
      'unary p50, sequential': inMs(result.latency?.p50Us),
      'unary p99, sequential': inMs(result.latency?.p99Us),
    }),
  };
}

function firstToken(scale: Scale): Step {
  return {
    name: 'first token, 1 stream',
    command: (target) => ({
      kind: 'streams',
      target,
      shape: { mode: 's8', bodyBytes: 1_024, usageAsked: true },
      connections: 1,
      streamsEach: scale.shortStreams,
      rampMs: 0,
    }),
    figures: ({ result }) => ({ 'first token p50, 1 stream': inMs(result.latency?.p50Us) }),
  };
}

function streams(figure: string, usageAsked: boolean, scale: Scale): Step {
  return {
    name: usageAsked ? 'streams' : 'streams, usage not asked for',
    command: (target) => ({
      kind: 'streams',
      target,
      shape: { mode: 's2', bodyBytes: 1_024, usageAsked },
      connections: streamConnections,
      streamsEach: scale.streamsEach,
      rampMs: 1_000,
    }),
    figures: ({ result, cpuUs }) => ({
      [figure]: each(cpuUs, result.chunks),
      ...(usageAsked
        ? {
            'cpu, stream of 200 chunks': each(cpuUs, result.answers),
            'first token p50, 50 streams': inMs(result.latency?.p50Us),
            'first token p99, 50 streams': inMs(result.latency?.p99Us),
          }
        : {}),
    }),
  };
}

function atRate(scale: Scale): Step {
  return {
    name: '200 requests/s',
    command: (target) => ({
      kind: 'open',
      target,
      shape: small,
      perSecond: 200,
      durationMs: scale.openMs,
    }),
    figures: ({ result, cpuUs }) => ({
      'unary p50 at 200/s': inMs(result.latency?.p50Us),
      'unary p99 at 200/s': inMs(result.latency?.p99Us),
      'sending late by p99 at 200/s': inMs(result.lateness?.p99Us),
      'cpu, 1 KB request at 200/s': each(cpuUs, result.answers),
    }),
  };
}

/** The figures that mean something only as a distance to the direct way. */
export const addedFigures: readonly string[] = [
  'unary p50, sequential',
  'unary p99, sequential',
  'unary p50 at 200/s',
  'unary p99 at 200/s',
  'first token p50, 1 stream',
  'first token p50, 50 streams',
  'first token p99, 50 streams',
];

function each(sum: number | undefined, count: number): number | undefined {
  return sum === undefined || count === 0 ? undefined : sum / count;
}

function inMs(us: number | undefined): number | undefined {
  return us === undefined ? undefined : us / 1_000;
}
