// Log-probabilities that we asked for and the caller did not: put into a request, and taken out of
// the answer again. Every other byte stays.
import { concat, finder, splice } from '../bytes.ts';
import { type Field, innerElements, lastField, readObject } from '../json.ts';

/** Alternatives to each token: one tells how far the next best is. */
const ALTERNATIVES = 2;
const LINE_FEED = 0x0a;
const NULL = new TextEncoder().encode('null');

const findLogprobs = finder('"logprobs"');
const findData = finder('data:');
const DATA_BYTES = 5;

/** @param body of a chat, an object. Unchanged where the caller asks for them itself. */
export function withLogprobs(body: Uint8Array): Uint8Array {
  const reading = readObject(body);
  if (reading.kind === 'invalid') return body;
  const asked = lastField(reading.fields, 'logprobs');
  const open = body.indexOf(0x7b) + 1;
  const text = `"top_logprobs":${ALTERNATIVES},`;
  if (asked === undefined) {
    return splice(body, [{ start: open, end: open, text: `"logprobs":true,${text}` }]);
  }
  if (asked.kind === 'true' || lastField(reading.fields, 'top_logprobs') !== undefined) return body;
  const { valueStart: start, valueEnd: end } = asked;
  return splice(body, [
    { start: open, end: open, text },
    { start, end, text: 'true' },
  ]);
}

/** The caller itself asks for them. */
export function asksLogprobs(body: Uint8Array): boolean {
  if (findLogprobs(body) < 0) return false;
  const reading = readObject(body);
  if (reading.kind === 'invalid') return false;
  return lastField(reading.fields, 'logprobs')?.kind === 'true';
}

/** A whole answer without them: `null` stands in their place, as where nobody asks. */
export function withoutLogprobs(body: Uint8Array): Uint8Array {
  if (findLogprobs(body) < 0) return body;
  const reading = readObject(body);
  if (reading.kind === 'invalid') return body;
  const found = fieldsIn(body, lastField(reading.fields, 'choices'));
  if (found.length === 0) return body;
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const { valueStart, valueEnd } of found) {
    pieces.push(body.subarray(from, valueStart), NULL);
    from = valueEnd;
  }
  pieces.push(body.subarray(from));
  return concat(pieces);
}

/** All events of a stream without them. */
export function streamWithoutLogprobs(events: Uint8Array): Uint8Array {
  if (findLogprobs(events) < 0) return events;
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < events.length; ) {
    const feed = events.indexOf(LINE_FEED, from);
    const end = feed < 0 ? events.length : feed + 1;
    const line = events.subarray(from, end);
    const isData = findData(line.subarray(0, DATA_BYTES)) === 0;
    if (isData) pieces.push(line.subarray(0, DATA_BYTES));
    pieces.push(isData ? withoutLogprobs(line.subarray(DATA_BYTES)) : line);
    from = end;
  }
  return concat(pieces);
}

function fieldsIn(body: Uint8Array, choices: Field | undefined): readonly Field[] {
  if (choices?.kind !== 'array') return [];
  const found: Field[] = [];
  innerElements(body, choices.valueStart, ({ fields = [] }) => {
    const field = lastField(fields, 'logprobs');
    if (field !== undefined && field.kind !== 'null') found.push(field);
  });
  return found;
}
