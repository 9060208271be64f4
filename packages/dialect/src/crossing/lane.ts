// The way of a call to a server: in which wire format, at which path, with which header for the
// key. Where a server speaks the caller's own format, bytes pass untouched; else it is asked in the
// format that its kind prefers, and the answer is carried over.
import type { Dialect, Headers, Operation, Question, SpokenOperation } from '@signalbox/contract';
import type { ServerWire, Wire } from '../canon/canon.ts';
import type { WriteQuirks } from '../canon/codec.ts';
import { authOf, hasModel, kindAt, pathOf, quirksOf, streamRules } from '../kinds/kinds.ts';
import type { Auth, ServerKind, WireOperation } from '../kinds/server-kind.ts';
import { asksLogprobs } from '../openai/hidden-logprobs.ts';
import { asksForUsage } from '../openai/question.ts';
import { isPassed } from '../passing/operations.table.ts';
import { COUNT_WIRES, EMBED_WIRES, wireOf } from './codecs.ts';

export type Lane = {
  readonly kind: ServerKind;
  /** What the caller speaks. */
  readonly caller: Wire;
  /** What goes over the wire to the server. */
  readonly upstream: ServerWire;
  readonly operation: Operation;
  /** The answer is written anew: another format, or a chat for the completion of a prompt. */
  readonly carried: boolean;
  readonly auth: Auth;
  readonly headers: Headers;
  readonly quirks: WriteQuirks;
  /** A stream that closes after its finish reason is whole. */
  readonly missingEnd: boolean;
  /** Tools stand in the instructions: calls are looked for in the text of the answer. */
  readonly callsInText?: true;
  /** Taken by what may not fit otherwise: a format in which more context is asked for. */
  readonly roomy: Lane | undefined;
  /** Undefined: the name of the model can stand in no path. */
  path(model: string, stream: boolean): string | undefined;
};

const OPERATIONS: Readonly<Record<SpokenOperation, WireOperation>> = {
  chat: 'chat',
  completion: 'completion',
  response: 'chat',
  embedding: 'embedding',
  count: 'countTokens',
};

const wireOperation = (operation: Operation): WireOperation =>
  isPassed(operation) ? operation : OPERATIONS[operation];

/** The same way for a model that is told of tools in words. */
export const toldLane = <L extends Lane>(lane: L): L => ({
  ...lane,
  carried: true,
  callsInText: true,
});

/** Usage in a stream is asked for where the caller did not, and always where it is carried over. */
export const asksUsage = (lane: Lane, question: Question): boolean =>
  question.stream &&
  lane.upstream === 'openai' &&
  asksForUsage(lane.carried ? 'chat' : lane.operation) &&
  (lane.carried || !question.usageWanted);

/**
 * The server tells log-probabilities of a chat, and the caller does not ask for them in bytes that
 * pass untouched. Of a carried call `Rendered.ask` says whether the caller asks.
 */
export function canAskLogprobs(lane: Lane, question: Question): boolean {
  const { kind, upstream, carried, operation, quirks } = lane;
  if (upstream !== 'openai' || (operation !== 'chat' && !carried)) return false;
  if (kind.able.logprobs === false || quirks.lacks?.includes('logprobs') === true) return false;
  return !(lane.caller === 'openai' && asksLogprobs(question.bytes));
}

/** Undefined: the server has no such operation, and no other format could carry it. */
export function laneTo(
  named: ServerKind,
  urlPath: string,
  dialect: Dialect,
  operation: Operation,
): Lane | undefined {
  const kind = kindAt(named, urlPath);
  const caller = wireOf(dialect, operation);
  const upstream = wireAt(kind, caller, operation);
  if (upstream === undefined) return undefined;
  const wire = kind.context?.wire;
  const isChat = operation === 'chat' || operation === 'response';
  const what = { kind, urlPath, caller, operation };
  const roomy = isChat && wire !== undefined ? laneOver({ ...what, upstream: wire }) : undefined;
  // Callers of that format ask for themselves.
  return laneOver({ ...what, upstream }, caller === wire ? undefined : roomy);
}

type Over = Pick<Lane, 'kind' | 'caller' | 'upstream' | 'operation'> & { readonly urlPath: string };

function laneOver({ kind, urlPath, caller, upstream, operation }: Over, roomy?: Lane): Lane {
  const asIs = wireOperation(operation);
  const isSpoken = upstream === caller && kind.wires[caller]?.[asIs] !== undefined;
  const isOwnPath = isSpoken || operation === 'embedding' || operation === 'count';
  const what = isOwnPath ? asIs : 'chat';
  const fixed = fixedPath(kind, urlPath, upstream, what);
  return {
    kind,
    caller,
    upstream,
    operation,
    carried: !isSpoken,
    auth: authOf(kind, upstream),
    headers: kind.extraHeaders,
    quirks: quirksOf(kind, upstream),
    missingEnd: streamRules(kind, upstream).missingEnd,
    roomy,
    path(model, stream) {
      if (fixed !== undefined) return fixed;
      const streams = stream && what === 'chat' ? 'stream' : what;
      return pathOf(kind, urlPath, { wire: upstream, operation: streams, model });
    },
  };
}

/** A path without a model in it is the same for every call. */
function fixedPath(
  kind: ServerKind,
  urlPath: string,
  wire: ServerWire,
  operation: WireOperation,
): string | undefined {
  const paths = kind.wires[wire];
  if (paths?.stream !== undefined || hasModel(paths?.[operation] ?? '{model}')) {
    return undefined;
  }
  return pathOf(kind, urlPath, { wire, operation, model: '' });
}

function wireAt(kind: ServerKind, caller: Wire, operation: Operation): ServerWire | undefined {
  if (kind.wires[caller]?.[wireOperation(operation)] !== undefined) return caller;
  // What only passes is carried nowhere.
  if (isPassed(operation)) return undefined;
  const { preferred, wires } = kind;
  if (operation === 'count') {
    return [preferred, ...COUNT_WIRES].find((wire) => wires[wire]?.countTokens !== undefined);
  }
  if (operation !== 'embedding')
    return wires[preferred]?.chat === undefined ? undefined : preferred;
  return [preferred, ...EMBED_WIRES].find((wire) => wires[wire]?.embedding !== undefined);
}
