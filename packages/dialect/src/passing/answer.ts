// What a record needs of an answer that only passes, and the one change that is made to some: a
// list of files or batches shows a tenant its own alone, since a credential may be shared by many.
import type { PassedOperation, Passing, Usage } from '@signalbox/contract';
import { concat, encode } from '../bytes.ts';
import { type Element, type Field, innerElements, lastField, readObject } from '../json.ts';
import { isError, stringField, usageOf } from '../openai/answer.ts';
import type { StreamFacts, StreamReader } from '../openai/stream.ts';
import { PASSED } from './operations.table.ts';

export type PassedAnswer = {
  readonly body: Uint8Array;
  readonly model: string | undefined;
  /** As told; nothing is counted by length where nobody tells. */
  readonly usage: Usage | undefined;
  readonly error: boolean;
  readonly malformed: boolean;
  /** Files and batches that the answer names as the caller's. */
  readonly objectIds: readonly string[];
};

/** @param isOwn whether an object is the caller's; undefined: whatever is there is. */
export function readPassedAnswer(
  operation: PassedOperation,
  body: Uint8Array,
  passing: Passing,
  isOwn: ((id: string) => boolean) | undefined,
): PassedAnswer {
  // What was removed needs no words.
  if (body.length === 0) return { ...NOTHING, body };
  const reading = readObject(body);
  if (reading.kind === 'invalid') return { ...NOTHING, body, malformed: true };
  const { fields } = reading;
  if (!PASSED[operation].objects) {
    const [model, usage] = [stringField(body, fields, 'model'), usageOf(body, fields)];
    return { ...NOTHING, body, model, usage, error: isError(fields) };
  }
  const error = isError(fields);
  if (passing.lists) return { ...NOTHING, ...ownList(body, fields, isOwn), error };
  return { ...NOTHING, body, error, objectIds: error ? [] : idsOf(body, fields) };
}

const NOTHING = {
  model: undefined,
  usage: undefined,
  error: false,
  malformed: false,
  objectIds: [],
} as const;

/** An object itself, and the files that a batch has written. */
const ID_FIELDS = ['id', 'output_file_id', 'error_file_id'];

function idsOf(body: Uint8Array, fields: readonly Field[]): readonly string[] {
  return ID_FIELDS.flatMap((name) => stringField(body, fields, name) ?? []);
}

type OwnList = Pick<PassedAnswer, 'body' | 'malformed' | 'objectIds'>;

/** The elements that are the caller's, each with its bytes; what else names others is left out. */
function ownList(
  body: Uint8Array,
  fields: readonly Field[],
  isOwn: ((id: string) => boolean) | undefined,
): OwnList {
  const data = lastField(fields, 'data');
  if (data?.kind !== 'array') return { body, malformed: true, objectIds: [] };
  const kept: Element[] = [];
  const ids: string[] = [];
  const whole = innerElements(body, data.valueStart, (element) => {
    const id = stringField(body, element.fields ?? [], 'id');
    if (id === undefined || isOwn?.(id) === false) return;
    kept.push(element);
    ids.push(...idsOf(body, element.fields ?? []));
  });
  if (!whole) return { body, malformed: true, objectIds: [] };
  if (isOwn === undefined) return { body, malformed: false, objectIds: ids };
  const more = lastField(fields, 'has_more')?.kind === 'true';
  const pieces = kept.flatMap(({ start, end }, at) => [
    encode(at === 0 ? '' : ','),
    body.subarray(start, end),
  ]);
  const ends = [kept[0], kept[kept.length - 1]].map((one) =>
    JSON.stringify(stringField(body, one?.fields ?? [], 'id') ?? null),
  );
  const tail = `],"first_id":${ends[0]},"last_id":${ends[1]},"has_more":${more}}`;
  const own = concat([encode('{"object":"list","data":['), ...pieces, encode(tail)]);
  return { body: own, malformed: false, objectIds: ids };
}

/** Whether the bytes of a good answer go on as they come, nobody looking at them. */
export const passesUnread = (passing: Passing, contentType: string | undefined): boolean =>
  passing.answers === 'bytes' ||
  (passing.answers === 'either' && !/^application\/json\b/i.test(contentType ?? ''));

const NO_BYTES = new Uint8Array(0);
const NO_FACTS: StreamFacts = {
  model: undefined,
  usage: undefined,
  service: undefined,
  error: false,
  done: false,
  events: 0,
};

/** Of a sound or a file nothing is read. */
export const unreadReader = (): StreamReader => UNREAD;

const UNREAD: StreamReader = {
  push: (chunk) => chunk,
  rest: () => NO_BYTES,
  closing: () => NO_BYTES,
  facts: () => NO_FACTS,
};
