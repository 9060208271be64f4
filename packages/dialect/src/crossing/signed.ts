// What providers sign, between a caller of one format and servers of several. An answer's signature
// is marked with its origin where the caller's format would make it look like another's; a request
// goes to a server with the signatures that this server made, and with no other: they would be
// refused there, or read by the wrong one. What a client did not give back is put in again, where
// somebody remembered it by the id of the call.
import type {
  AnswerEvent,
  Ask,
  Dropped,
  Part,
  Thought,
  ToolCall,
  Turn,
  Wire,
} from '../canon/canon.ts';
import { marked, type SignedCall, type SignedCalls, unmarked } from '../canon/origin.ts';
import type { Lane } from './lane.ts';

type Meeting = Pick<Lane, 'caller' | 'upstream' | 'kind'>;

/** Whose a thought's signature is that bears no mark, in the format of its owner. */
const OWNERS: { readonly [W in Wire]?: string } = {
  responses: 'openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
};
/** Calls are signed by one alone: in other formats the field bears its name. */
const SIGNS_CALLS = 'gemini';
/** Formats in which its own servers take such a field; others refuse a call that has it. */
const CALL_OWNERS: { readonly [W in Wire]?: string } = { openai: SIGNS_CALLS, gemini: SIGNS_CALLS };

/** Clouds that serve models of Google in its own format take what Google signed. */
const originOf = ({ upstream, kind }: Meeting): string =>
  upstream === 'gemini' ? 'gemini' : kind.name;

/** Of one answer that is kept until its end; more is forgotten. */
export const GATHERED_CHARS_MAX = 1_048_576;
const ANSWER_PARTS = 1_000_000;

type Open = {
  readonly answer: number;
  /** Of a call; undefined: a thought. */
  readonly id: string | undefined;
  readonly text: string[];
  readonly signature: string[];
  readonly sealed: string[];
};

/** Marks the signatures of an answer, and gathers what they sign. */
export class Signing {
  readonly #origin: string;
  readonly #owner: string | undefined;
  readonly #callOwner: string | undefined;
  #parts: Map<number, Open> | undefined;
  #chars = 0;

  constructor(lane: Meeting) {
    this.#origin = originOf(lane);
    this.#owner = OWNERS[lane.caller];
    this.#callOwner = CALL_OWNERS[lane.caller];
  }

  /** The event as the caller is to get it. */
  push(event: AnswerEvent): AnswerEvent {
    switch (event.kind) {
      case 'thought':
        this.#add(this.#open(event, undefined).text, event.text);
        return event;
      case 'call':
        this.#open(event, event.id);
        return event;
      case 'signature':
        return this.#sign(event);
      default:
        return event;
    }
  }

  /** The calls that are signed, or that signed thoughts led to. */
  signed(): readonly SignedCall[] {
    if (this.#parts === undefined || this.#chars > GATHERED_CHARS_MAX) return NONE;
    const calls: SignedCall[] = [];
    let thoughts: Thought[] = [];
    let before = 0;
    for (const [, open] of [...this.#parts].sort(([a], [b]) => a - b)) {
      if (open.answer !== before) thoughts = [];
      before = open.answer;
      if (open.id === undefined) {
        if (open.signature.length + open.sealed.length > 0) thoughts.push(thoughtOf(open));
        continue;
      }
      const call = { id: open.id, thoughts, ...proofOf(open) };
      if (call.signature !== undefined || thoughts.length > 0) calls.push(call);
      thoughts = [];
    }
    return calls;
  }

  #sign(event: Extract<AnswerEvent, { kind: 'signature' }>): AnswerEvent {
    const open = this.#open(event, undefined);
    const isCall = open.id !== undefined;
    const pieces = event.sealed === true && !isCall ? open.sealed : open.signature;
    const isFirst = pieces.length === 0;
    this.#add(pieces, event.signature);
    const owner = isCall ? this.#callOwner : this.#owner;
    if (!isFirst || owner === this.#origin) return event;
    return { ...event, signature: marked(event.signature, this.#origin) };
  }

  #open({ answer, part }: { answer: number; part: number }, id: string | undefined): Open {
    const at = answer * ANSWER_PARTS + part;
    this.#parts ??= new Map();
    const known = this.#parts.get(at);
    if (known !== undefined) return known;
    const open: Open = { answer, id, text: [], signature: [], sealed: [] };
    this.#parts.set(at, open);
    return open;
  }

  #add(pieces: string[], text: string): void {
    this.#chars += text.length;
    if (this.#chars <= GATHERED_CHARS_MAX || pieces.length === 0) pieces.push(text);
  }
}

const NONE: readonly SignedCall[] = [];

const thoughtOf = (open: Open): Thought => ({
  kind: 'thought',
  text: open.text.join(''),
  ...proofOf(open),
  ...(open.sealed.length === 0 ? {} : { sealed: open.sealed.join('') }),
});

const proofOf = ({ signature }: Open): { readonly signature?: string } =>
  signature.length === 0 ? {} : { signature: signature.join('') };

export type Owned = { readonly ask: Ask; readonly dropped: Dropped };

/** The request with what the server of `lane` signed, and with nothing that another one did. */
export function ownOf(ask: Ask, lane: Meeting, given: SignedCalls | undefined): Owned {
  const dropped: Dropped = new Set();
  const owning: Owning = { origin: originOf(lane), caller: OWNERS[lane.caller], given, dropped };
  const turns = ask.turns.map((turn) => (turn.role === 'assistant' ? ownTurn(turn, owning) : turn));
  return { ask: { ...ask, turns }, dropped };
}

type Owning = {
  readonly origin: string;
  /** Of what bears no mark. */
  readonly caller: string | undefined;
  readonly given: SignedCalls | undefined;
  readonly dropped: Dropped;
};

function ownTurn(turn: Turn, owning: Owning): Turn {
  if (owning.given === undefined && !turn.parts.some(isProven)) return turn;
  const parts: Part[] = [];
  let since = 0;
  for (const part of turn.parts) {
    if (part.kind === 'thought') {
      const own = ownThought(part, owning);
      if (own !== undefined) parts.push(own);
    } else if (part.kind === 'call') {
      parts.push(restored(ownCall(part, owning), parts, since, owning.given));
      since = parts.length;
    } else parts.push(part);
  }
  return { ...turn, parts };
}

/** Undefined: nothing is left of it. */
function ownThought(thought: Thought, owning: Owning): Thought | undefined {
  const { signature, sealed, ...rest } = thought;
  if (signature === undefined && sealed === undefined) return thought;
  const ours = ownText(signature, owning.caller, owning);
  const shut = ownText(sealed, owning.caller, owning);
  if (ours !== signature && ours === undefined) owning.dropped.add('part.signature');
  if (shut !== sealed && shut === undefined) owning.dropped.add('part.sealed');
  if (ours === undefined && shut === undefined && rest.text === '') return undefined;
  return {
    ...rest,
    ...(ours === undefined ? {} : { signature: ours }),
    ...(shut === undefined ? {} : { sealed: shut }),
  };
}

function ownCall(call: ToolCall, owning: Owning): ToolCall {
  const { signature, ...rest } = call;
  if (signature === undefined) return call;
  const own = ownText(signature, SIGNS_CALLS, owning);
  if (own === undefined) owning.dropped.add('call.signature');
  return own === undefined ? rest : { ...rest, signature: own };
}

/** As its provider wrote it; undefined: another one did. */
function ownText(
  told: string | undefined,
  owner: string | undefined,
  { origin: wanted }: Owning,
): string | undefined {
  if (told === undefined) return undefined;
  const { text, origin = owner } = unmarked(told);
  return origin === wanted ? text : undefined;
}

/**
 * What the client left out of a call comes back: its signature, and the thoughts that led to it,
 * in the place of those without a proof. `parts` from `since` on stand between it and the call
 * before.
 */
function restored(
  call: ToolCall,
  parts: Part[],
  since: number,
  given: SignedCalls | undefined,
): ToolCall {
  const known = given?.get(call.id);
  if (known === undefined) return call;
  const between = parts.slice(since);
  if (known.thoughts.length > 0 && !between.some(isProven)) {
    parts.length = since;
    parts.push(...known.thoughts, ...between.filter(({ kind }) => kind !== 'thought'));
  }
  const { signature } = known;
  return call.signature !== undefined || signature === undefined ? call : { ...call, signature };
}

const isProven = (part: Part): boolean =>
  (part.kind === 'thought' && (part.signature !== undefined || part.sealed !== undefined)) ||
  (part.kind === 'call' && part.signature !== undefined);
