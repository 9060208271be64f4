// A call's place in its trace: W3C Trace Context, version 00. The caller's sampling decision holds;
// a trace that begins here is sampled by the share that the operator wants. `tracestate` belongs to
// whoever wrote it and is not passed on.
import type { CallTrace, Clock, Random, TracedDial } from '@signalbox/contract';

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
const SAMPLED = 1;
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const NO_TRACE = '0'.repeat(2 * TRACE_BYTES);
const NO_SPAN = '0'.repeat(2 * SPAN_BYTES);

export type TracePorts = { readonly clock: Clock; readonly random: Random };

/** @param share of the traces that begin here, 0 to 1. */
export function beginTrace(
  traceparent: string | undefined,
  share: number,
  ports: TracePorts,
): CallTrace {
  const caller = readParent(traceparent);
  if (caller !== undefined) return new Trace(caller, ports);
  const chance = ports.random.bytes(TRACE_BYTES);
  const [a = 0, b = 0, c = 0, d = 0] = chance.subarray(TRACE_BYTES - 4);
  const drawn = (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32;
  return new Trace({ traceId: hex(chance), parentId: undefined, sampled: drawn < share }, ports);
}

type Begun = Pick<CallTrace, 'traceId' | 'parentId' | 'sampled'>;

/** Undefined: none, or a broken one, which counts as none. */
function readParent(text: string | undefined): Begun | undefined {
  const [, version, traceId, parentId, flags] = TRACEPARENT.exec(text ?? '') ?? [];
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || traceId === NO_TRACE || parentId === NO_SPAN) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

/** A class, since a function in a literal would keep its call alive. */
class Trace implements CallTrace {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly sampled: boolean;
  readonly dials: TracedDial[] = [];
  readonly #ports: TracePorts;

  constructor({ traceId, parentId, sampled }: Begun, ports: TracePorts) {
    this.traceId = traceId;
    this.spanId = hex(ports.random.bytes(SPAN_BYTES));
    this.parentId = parentId;
    this.sampled = sampled;
    this.#ports = ports;
  }

  dial(): string {
    const { clock, random } = this.#ports;
    const spanId = hex(random.bytes(SPAN_BYTES));
    this.dials.push({ spanId, at: clock.now() });
    return `00-${this.traceId}-${spanId}-${this.sampled ? '01' : '00'}`;
  }
}

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
