// One entry as bytes, and the chain through all of them. An entry is its head (fixed key order, no
// whitespace) with the body as last key. The chain covers heads alone, and a head holds a keyed
// digest of its body: a body can be erased, or kept at home, and the chain still verifies.
//
// A reader takes the head's text from the disk as it stands and hashes that, so a head with keys
// that it does not know verifies as well. What it refuses is a version that it does not know: then
// it must not guess.
import { ENTRY_VERSION, type Entry, type EntryHead } from '@signalbox/contract';

/** SHA-256 of the text's UTF-8 bytes, lower-case hexadecimal. */
export type Sha256 = (text: string) => string;

/** `prev` of the very first entry of a node. */
export const CHAIN_START: string = '0'.repeat(64);

const BODY_KEY = ',"body":';
const utf8 = new TextEncoder();
const text8 = new TextDecoder('utf-8', { fatal: true });

export type ReadEntry = {
  readonly kind: 'entry';
  readonly head: EntryHead;
  /** As on disk: what the chain hashes. */
  readonly headText: string;
  /** Undefined: erased, or kept at home. */
  readonly bodyText: string | undefined;
};

export type EntryRead =
  | ReadEntry
  | { readonly kind: 'version'; readonly found: unknown }
  | { readonly kind: 'malformed'; readonly why: string };

/** The head's JSON: the keys of `EntryHead` in their order, absent ones left out. */
export function entryHeadText(head: EntryHead): string {
  return JSON.stringify({
    v: head.v,
    kind: head.kind,
    node: head.node,
    epoch: head.epoch,
    seq: head.seq,
    at: head.at,
    prev: head.prev,
    tenant: head.tenant,
    call: head.call,
    bodyDigest: head.bodyDigest,
  });
}

export function entryHeadBytes(head: EntryHead): Uint8Array {
  return utf8.encode(entryHeadText(head));
}

/** What the next entry carries as `prev`. */
export function chainHash(head: EntryHead, sha256: Sha256): string {
  return sha256(entryHeadText(head));
}

/** The whole entry; `bodyText` undefined leaves the body out. */
export function entryText(headText: string, bodyText: string | undefined): string {
  return bodyText === undefined ? headText : `${headText.slice(0, -1)}${BODY_KEY}${bodyText}}`;
}

/** Reads an entry's bytes; a trailing line feed belongs to the frame. Never throws. */
export function readEntry(bytes: Uint8Array): EntryRead {
  let text: string;
  try {
    text = text8.decode(bytes);
  } catch {
    return malformed('not UTF-8');
  }
  // No string inside a head can hold this run of characters: its quotes would be escaped.
  const split = text.indexOf(BODY_KEY);
  const headText = split === -1 ? text.trimEnd() : `${text.slice(0, split)}}`;
  // The brace that closes the entry, and the line feed of a first frame after a sync.
  const end = text.endsWith('\n') ? -2 : -1;
  const bodyText = split === -1 ? undefined : text.slice(split + BODY_KEY.length, end);
  const parsed = parse(headText);
  if (typeof parsed !== 'object' || parsed === null) return malformed('the head is no object');
  const version = memberOf(parsed, 'v');
  if (version !== ENTRY_VERSION) return { kind: 'version', found: version };
  const head = readHead(parsed);
  return head === undefined
    ? malformed('the head lacks a key or has one of the wrong type')
    : { kind: 'entry', head, headText, bodyText };
}

/** The entry with its body parsed; throws on a body that is no JSON. */
export function entryOf(read: ReadEntry): Entry {
  const body: unknown = read.bodyText === undefined ? undefined : JSON.parse(read.bodyText);
  return { ...read.head, body };
}

function readHead(from: object): EntryHead | undefined {
  const kind = memberOf(from, 'kind');
  const node = memberOf(from, 'node');
  const epoch = memberOf(from, 'epoch');
  const seq = memberOf(from, 'seq');
  const at = memberOf(from, 'at');
  const prev = memberOf(from, 'prev');
  const tenant = memberOf(from, 'tenant');
  const call = memberOf(from, 'call');
  const bodyDigest = memberOf(from, 'bodyDigest');
  if (typeof kind !== 'string' || typeof node !== 'string' || typeof epoch !== 'string') return;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return;
  if (typeof at !== 'number' || !Number.isFinite(at)) return;
  if (typeof prev !== 'string' || typeof bodyDigest !== 'string') return;
  if (tenant !== undefined && typeof tenant !== 'string') return;
  if (call !== undefined && typeof call !== 'string') return;
  return { v: ENTRY_VERSION, kind, node, epoch, seq, at, prev, tenant, call, bodyDigest };
}

/** Own keys alone: a head says what it says, not what every object has. */
function memberOf(from: object, key: string): unknown {
  return Object.hasOwn(from, key) ? Reflect.get(from, key) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const malformed = (why: string): EntryRead => ({ kind: 'malformed', why });
