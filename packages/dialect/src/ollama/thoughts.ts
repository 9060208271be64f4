// Thoughts in a message. The wire has one text (`thinking`) for all of them and no place for
// signatures: where there is more to say, `reasoning_details` stands beside it, as upstreams of the
// chat-completions dialect write it. Servers and clients that do not know the field pass it by.
import type { Json, JsonObject, Thought } from '../canon/canon.ts';
import { countIn, listIn, textIn } from '../canon/exact.ts';

export const TEXT = 'reasoning.text';
export const SEALED = 'reasoning.encrypted';

/** The fields of a message that give back `thoughts`. */
export function writeThoughts(thoughts: readonly Thought[]): JsonObject {
  if (thoughts.length === 0) return {};
  const told = thoughts.filter(({ sealed }) => sealed === undefined);
  const thinking = told.map(({ text }) => text).join('');
  const isPlain = thoughts.length === 1 && told[0] !== undefined && !told[0].signature;
  return {
    ...(thinking === '' ? {} : { thinking }),
    ...(isPlain ? {} : { reasoning_details: thoughts.map(detailOf) }),
  };
}

function detailOf({ text, signature, sealed }: Thought, index: number): JsonObject {
  if (sealed !== undefined) return { type: SEALED, index, data: sealed };
  return { type: TEXT, index, text, ...(signature === undefined ? {} : { signature }) };
}

/** A piece of a thought. */
export type Detail = {
  /** Counts thoughts, where the wire tells them apart. */
  readonly index: number | undefined;
  readonly text: string;
  readonly signature: string | undefined;
  readonly sealed: string | undefined;
};

/** What a message or a chunk of one says of thoughts, each text once. */
export function readDetails(message: Json | undefined): readonly Detail[] {
  const thinking = textIn(message, 'thinking') ?? '';
  const listed = (listIn(message, 'reasoning_details') ?? []).flatMap(readDetail);
  const isTold = listed.some(({ text }) => text !== '');
  if (thinking === '' || isTold) return listed;
  return [{ index: undefined, text: thinking, signature: undefined, sealed: undefined }, ...listed];
}

function readDetail(value: Json): readonly Detail[] {
  const index = countIn(value, 'index');
  const none = { index, text: '', signature: undefined, sealed: undefined };
  const type = textIn(value, 'type');
  if (type === SEALED) return [{ ...none, sealed: textIn(value, 'data') }];
  if (type !== TEXT) return [];
  return [{ ...none, text: textIn(value, 'text') ?? '', signature: textIn(value, 'signature') }];
}

/** Says which thought a piece belongs to, counting from 0. */
export class Thoughts {
  #current = 0;
  #last = 0;
  #seen = false;
  #closed = false;

  place({ index, text, signature, sealed }: Detail): number {
    const begins = this.#seen && (sealed !== undefined || (this.#closed && text !== ''));
    if (index !== undefined) this.#current = index;
    else if (begins) this.#current = this.#last + 1;
    this.#last = Math.max(this.#last, this.#current);
    this.#seen = true;
    this.#closed = sealed !== undefined || signature !== undefined;
    return this.#current;
  }
}

/** The thoughts of a message that is whole. */
export function readThoughts(message: Json | undefined): readonly Thought[] {
  const places = new Thoughts();
  const found = new Map<number, Thought>();
  for (const detail of readDetails(message)) {
    const place = places.place(detail);
    const before = found.get(place);
    const signature = detail.signature ?? before?.signature;
    const sealed = detail.sealed ?? before?.sealed;
    found.set(place, {
      kind: 'thought',
      text: (before?.text ?? '') + detail.text,
      ...(signature === undefined ? {} : { signature }),
      ...(sealed === undefined ? {} : { sealed }),
    });
  }
  return [...found.values()];
}
