// Blocks of an answer and the parts they are. Citations of a text come after it, as an opaque part
// of their own: no other dialect reads them, and this one puts them back.
import type { Answer, AnswerEvent, Json, JsonObject, Part } from '../canon/canon.ts';
import { isObject, listIn, textIn } from '../canon/exact.ts';
import { callBlock, readCallSignature, readInput } from './input.ts';
import { readThought, thoughtBlock } from './thought.ts';

/** Not a block of the wire: what stands in for the citations of the text before it. */
export const CITATIONS = 'citations';

/** Numbers parts in the order in which they begin. */
export class Numbering {
  #next = 0;

  take(): number {
    this.#next += 1;
    return this.#next - 1;
  }

  get begun(): boolean {
    return this.#next > 0;
  }
}

/** The events of a block that is there as a whole. What says nothing has none. */
export function readBlock(block: Json, numbering: Numbering): readonly AnswerEvent[] {
  if (!isObject(block)) return [];
  switch (textIn(block, 'type')) {
    case 'text':
      return [
        ...readText(textIn(block, 'text') ?? '', numbering),
        ...readCitations(listIn(block, 'citations') ?? [], numbering),
      ];
    case 'thinking':
      return readThinking(block, numbering);
    case 'redacted_thinking':
      return sealedEvents(textIn(block, 'data') ?? '', numbering);
    case 'tool_use':
      return readCall(block, numbering);
    default:
      return [opaqueEvent(block, numbering)];
  }
}

function readText(text: string, numbering: Numbering): readonly AnswerEvent[] {
  return text === '' ? [] : [{ kind: 'text', answer: 0, part: numbering.take(), text }];
}

export function readCitations(
  citations: readonly Json[],
  numbering: Numbering,
): readonly AnswerEvent[] {
  return citations.length === 0 ? [] : [opaqueEvent({ type: CITATIONS, citations }, numbering)];
}

export function opaqueEvent(value: JsonObject, numbering: Numbering): AnswerEvent {
  return { kind: 'opaque', answer: 0, part: numbering.take(), wire: 'anthropic', value };
}

export function sealedEvents(sealed: string, numbering: Numbering): readonly AnswerEvent[] {
  if (sealed === '') return [];
  const part = numbering.take();
  return [{ kind: 'signature', answer: 0, part, signature: sealed, sealed: true }];
}

function readThinking(block: JsonObject, numbering: Numbering): readonly AnswerEvent[] {
  const { text, signature, sealed } = readThought(block);
  if (text === '' && signature === undefined && sealed === undefined) return [];
  const place = { answer: 0, part: numbering.take() };
  const events: AnswerEvent[] = [];
  if (text !== '') events.push({ kind: 'thought', ...place, text });
  if (signature !== undefined) events.push({ kind: 'signature', ...place, signature });
  if (sealed !== undefined) {
    events.push({ kind: 'signature', ...place, signature: sealed, sealed: true });
  }
  return events;
}

function readCall(block: JsonObject, numbering: Numbering): readonly AnswerEvent[] {
  const place = { answer: 0, part: numbering.take() };
  const signature = readCallSignature(block);
  const text = readInput(block['input']);
  const events: AnswerEvent[] = [callEvent(block, place)];
  if (text !== '') events.push({ kind: 'arguments', ...place, text });
  if (signature !== undefined) events.push({ kind: 'signature', ...place, signature });
  return events;
}

export function callEvent(
  block: JsonObject,
  place: { readonly answer: number; readonly part: number },
): AnswerEvent {
  // A call without an id is still one: its place names it.
  const id = textIn(block, 'id') || `toolu_${place.part}`;
  return { kind: 'call', ...place, id, name: textIn(block, 'name') ?? '' };
}

type Piece = Answer['answers'][number]['parts'][number];

/** Blocks of a whole answer; `missing` hears what has no place in one. */
export function writeBlocks(
  parts: readonly Piece[],
  missing: (name: string) => void,
): readonly Json[] {
  const blocks: Json[] = [];
  for (const part of parts) {
    const block = writeBlock(part, blocks, missing);
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

function writeBlock(
  part: Piece,
  blocks: Json[],
  missing: (name: string) => void,
): Json | undefined {
  switch (part.kind) {
    case 'text':
      return part.text === '' ? undefined : { type: 'text', text: part.text };
    case 'refusal': // in `stop_details`
      return undefined;
    case 'thought': {
      const { text, signature, sealed } = part;
      const isEmpty = text === '' && signature === undefined && sealed === undefined;
      return isEmpty ? undefined : thoughtBlock(part);
    }
    case 'call':
      return callBlock(part);
    case 'opaque':
      return writeOpaque(part, blocks, missing);
    case 'media':
      missing(`part.${part.medium}`);
      return undefined;
    case 'result':
      missing('part.result');
      return undefined;
  }
}

function writeOpaque(
  { wire, value }: Extract<Part, { kind: 'opaque' }>,
  blocks: Json[],
  missing: (name: string) => void,
): Json | undefined {
  if (wire !== 'anthropic') {
    missing('part.opaque');
    return undefined;
  }
  const citations = citationsOf(value);
  if (citations === undefined) return value;
  const before = blocks.at(-1);
  if (!isObject(before) || before['type'] !== 'text') return { type: 'text', text: '', citations };
  blocks[blocks.length - 1] = { ...before, citations };
  return undefined;
}

export const citationsOf = (value: Json): readonly Json[] | undefined =>
  textIn(value, 'type') === CITATIONS ? listIn(value, CITATIONS) : undefined;
