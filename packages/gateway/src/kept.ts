// What stands in the file of a queued call and in the file of its answer, before it is sealed: a
// line of JSON that says what it is, and the bytes of the body as they came or go out.
import type {
  CallHead,
  Headers,
  KeyName,
  Label,
  Parked,
  RecordedClearance,
  RequestId,
  TenantName,
} from '@signalbox/contract';
import { encode, type PassedHead } from '@signalbox/dialect';
import type { InPath } from './paths.table.ts';

export const KEPT_VERSION = 1;

/** What both have. */
type Common = {
  readonly v: typeof KEPT_VERSION;
  readonly request: RequestId;
  readonly tenant: TenantName;
  readonly key: KeyName;
  /** Its place in the line, over all starts. */
  readonly seq: number;
  /** Unix milliseconds. */
  readonly queuedAt: number;
};

/** How what the line writes is framed for its caller. */
export type KeptFraming = 'lines' | 'array' | undefined;

export type KeptCall = Common & {
  readonly kind: 'call';
  /** When its head came. */
  readonly at: number;
  /** Without its key. */
  readonly head: CallHead;
  readonly inPath: InPath | undefined;
  readonly passed: PassedHead | undefined;
  readonly framing: KeptFraming;
  readonly keyId: string;
  /** Hexadecimal. */
  readonly keyMac: string;
  readonly label: Label;
  readonly bound: RecordedClearance;
};

export type KeptAnswer = Common & {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Headers;
};

export type Kept = KeptCall | KeptAnswer;

const NEWLINE = 0x0a;

export function keptBytes(kept: Kept, body: Uint8Array): Uint8Array {
  const line = encode(`${JSON.stringify(kept)}\n`);
  const bytes = new Uint8Array(line.length + body.length);
  bytes.set(line);
  bytes.set(body, line.length);
  return bytes;
}

export type Opened<K> = { readonly kept: K; readonly body: Uint8Array };

/** Undefined: of a version that this program does not know. The seal has told that it is ours. */
export function readKept(bytes: Uint8Array): Opened<Kept> | undefined {
  const end = bytes.indexOf(NEWLINE);
  if (end === -1) return undefined;
  try {
    const kept: Kept = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
    return kept.v === KEPT_VERSION ? { kept, body: bytes.subarray(end + 1) } : undefined;
  } catch {
    return undefined;
  }
}

/** What of a call stays the same from its head to its wait. */
export type Arrived = Pick<KeptCall, 'request' | 'at' | 'head' | 'inPath' | 'passed' | 'framing'>;

export function keptCall(
  { head, ...arrived }: Arrived,
  parked: Parked,
  place: Pick<KeptCall, 'seq' | 'queuedAt'>,
): KeptCall {
  const { tenant, key, keyId, keyMac, label, bound } = parked;
  const withoutKey = { ...head, keyText: undefined };
  const mac = Buffer.from(keyMac).toString('hex');
  const who = { tenant, key, keyId, keyMac: mac };
  return {
    ...{ v: KEPT_VERSION, kind: 'call', ...arrived, head: withoutKey },
    ...{ ...who, label, bound, ...place },
  };
}
