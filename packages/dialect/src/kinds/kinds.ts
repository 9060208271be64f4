// Kinds of servers: what each speaks, where, how it wants its key, how it fails. The tables beside
// this file are the only place of the house that knows them; whoever needs to treat one otherwise
// than another asks here, by name. It never guesses: an unknown name is no kind.
import type { ServerWire, StopReason, Wire } from '../canon/canon.ts';
import type { WriteQuirks } from '../canon/codec.ts';
import { SERVER_KINDS } from './kinds.table.ts';
import type { Auth, KindName, ServerKind, UsageInStream, WireOperation } from './server-kind.ts';

const BY_NAME: ReadonlyMap<string, ServerKind> = new Map(
  SERVER_KINDS.map((kind) => [kind.name, kind]),
);

/** Undefined: nobody knows the name. */
export const kindOf = (name: string): ServerKind | undefined => BY_NAME.get(name);

/** Kinds that have an operation under this dialect, by name. */
export const kindsWith = (wire: Wire, operation: WireOperation): readonly KindName[] =>
  SERVER_KINDS.filter((kind) => kind.wires[wire]?.[operation] !== undefined).map(
    ({ name }) => name,
  );

/**
 * The path below the origin for a model, given the path of the endpoint's URL (without a last
 * slash). Undefined: the server has no such operation in this dialect, or the name of the model can
 * stand in no path.
 */
export function pathOf(
  kind: ServerKind,
  urlPath: string,
  what: { readonly wire: ServerWire; readonly operation: WireOperation; readonly model: string },
): string | undefined {
  const paths = kind.wires[what.wire];
  const path = paths?.[what.operation] ?? (what.operation === 'stream' ? paths?.chat : undefined);
  if (path === undefined || !hasModel(path)) {
    return path === undefined ? undefined : pathBelow(kind, urlPath, path);
  }
  if (path.includes('{id}')) {
    const id = DOTS.has(what.model) ? undefined : encodeURIComponent(what.model);
    return id === undefined ? undefined : pathBelow(kind, urlPath, path.replace('{id}', id));
  }
  const model = modelInPath(what.model);
  return model === undefined ? undefined : pathBelow(kind, urlPath, path.replace('{model}', model));
}

/** Segments that are none. */
const DOTS: ReadonlySet<string> = new Set(['', '.', '..']);

/** The name of a model stands in it. */
export const hasModel = (path: string): boolean => /\{(?:model|id)\}/.test(path);

/**
 * The kind as it is at a URL. @param urlPath path and query of the endpoint's URL.
 */
export function kindAt(kind: ServerKind, urlPath: string): ServerKind {
  const variant = kind.variants?.find(({ url }) => url.test(urlPath));
  return variant === undefined ? kind : { ...kind, ...variant };
}

/**
 * Any path of the tables below the origin. A URL that ends with a base of the kind gives its root;
 * one with another path stands for the first base (`https://proxy/team` for `…/v1`). A query of the
 * URL goes behind every path.
 */
export function pathBelow(kind: ServerKind, urlPath: string, path: string): string {
  const [bare = '', query] = urlPath.split('?');
  if (query === undefined) return below(kind, bare, path);
  return `${below(kind, bare, path)}${path.includes('?') ? '&' : '?'}${query}`;
}

function below(kind: ServerKind, urlPath: string, path: string): string {
  const longest = kind.bases
    .filter((base) => urlPath.endsWith(base))
    .toSorted((a, b) => b.length - a.length)[0];
  if (longest !== undefined) return urlPath.slice(0, urlPath.length - longest.length) + path;
  // No path at all is the root.
  if (urlPath === '') return path;
  const [usual] = kind.bases;
  return urlPath + (path.startsWith(`${usual}/`) ? path.slice(usual.length) : path);
}

/**
 * `models/` before a name is already in the path; what a path cannot hold is escaped. Undefined: a
 * name that would lead elsewhere.
 */
function modelInPath(model: string): string | undefined {
  const bare = model.startsWith('models/') ? model.slice('models/'.length) : model;
  const parts = bare.split('/');
  if (parts.some((part) => DOTS.has(part))) return undefined;
  return parts.map(encodeURIComponent).join('/');
}

export const authOf = (kind: ServerKind, wire: ServerWire): Auth =>
  kind.authByWire?.[wire] ?? kind.auth;

/** How the server differs from the reference of the dialect. */
export const quirksOf = (kind: ServerKind, wire: ServerWire): WriteQuirks =>
  wire === 'openai' ? kind.quirks : (kind.quirksByWire?.[wire] ?? NO_QUIRKS);

const NO_QUIRKS: WriteQuirks = {};

/** The provider's word for why an answer ended, in ours; undefined: a word we do not know. */
export function stopReasonOf(kind: ServerKind, word: string): StopReason | undefined {
  return Object.hasOwn(kind.finishReasons, word) ? kind.finishReasons[word] : undefined;
}

export type StreamRules = {
  readonly usage: UsageInStream;
  /** The dialect's own mark of the end comes. */
  readonly marked: boolean;
  /** Without the mark the stream is whole when its finish reason was seen. */
  readonly missingEnd: boolean;
};

const MARKED: StreamRules = { usage: 'always', marked: true, missingEnd: false };
/** It has no mark: the finish reason and a clean close are its end. */
const CUMULATIVE: StreamRules = { usage: 'every-chunk', marked: false, missingEnd: true };

/** Rules of a server's streams in a dialect. */
export function streamRules(kind: ServerKind, wire: ServerWire): StreamRules {
  if (wire === 'gemini') return CUMULATIVE;
  if (wire !== 'openai') return MARKED;
  return { usage: kind.usageInStream, marked: kind.endsWithDone, missingEnd: kind.missingEnd };
}
