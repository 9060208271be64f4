// A body of `multipart/form-data` (RFC 7578) as bytes: finds where the values of its short fields
// stand, so that the name of the model can be changed and every other byte stays. One pass over the
// bytes, nothing copied. What another parser might read otherwise is refused: a field without a
// plain name, two dispositions, a value in another encoding, text before the first boundary.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { finder } from '../bytes.ts';

export type FormField = {
  readonly name: string;
  /** A file, by its disposition. */
  readonly isFile: boolean;
  /** Its head names an encoding that is not UTF-8. */
  readonly isForeign: boolean;
  /** Where the lines before the value begin; they tell names. */
  readonly headStart: number;
  /** Byte offsets of the value; the end is exclusive. */
  readonly start: number;
  readonly end: number;
};

/** Files and fields of one form. */
export const PARTS_MAX = 256;
const HEAD_BYTES_MAX = 8_192;
/** RFC 2046 allows 70. */
const FORM = /^multipart\/form-data\s*;(?:[^"]*;)?\s*boundary=(.*)$/i;
const QUOTED = /^"([^"\\]{1,70})"\s*(?:;|$)/;
const BARE = /^([^\s;,"]{1,70})\s*(?:;|$)/;
const BOUNDARY_CHARACTERS = /^[0-9A-Za-z'()+_,\-./:=? ]*[0-9A-Za-z'()+_,\-./:=?]$/;
const DISPOSITION = /^content-disposition[ \t]*:[ \t]*form-data[ \t]*((?:;[^\r\n]*)?)$/i;
const NAME = /^;[ \t]*name=(?:"([\w.[\]-]{1,64})"|([\w.[\]-]{1,64}))[ \t]*(.*)$/i;
const SECOND_NAME = /;[ \t]*name\*?[ \t]*=/i;
const FOREIGN = /^content-type[ \t]*:[^\r\n]*charset[ \t]*=(?![ \t]*"?(?:utf-?8|us-ascii)\b)/im;
const RETURN = 0x0d;
const LINE_FEED = 0x0a;
const DASH = 0x2d;

const findHeadEnd = finder('\r\n\r\n');
const text = new TextDecoder();

/** Undefined: the content type is no form, or names no boundary that could be one. */
export function boundaryOf(contentType: string): string | undefined {
  const value = FORM.exec(contentType)?.[1] ?? '';
  const boundary = (QUOTED.exec(value) ?? BARE.exec(value))?.[1];
  return boundary !== undefined && BOUNDARY_CHARACTERS.test(boundary) ? boundary : undefined;
}

/** @returns `body_invalid` with the byte offset. */
export function readForm(
  body: Uint8Array,
  boundary: string,
): Result<readonly FormField[], Refusal> {
  const findNext = finder(`\r\n--${boundary}`);
  const delimiter = boundary.length + 2;
  const fields: FormField[] = [];
  let at = opening(body, boundary);
  if (at === undefined) return wrong(0, 'the form does not begin with its boundary');
  for (;;) {
    if (body[at] === DASH && body[at + 1] === DASH) return yes(fields);
    if (body[at] !== RETURN || body[at + 1] !== LINE_FEED) {
      return wrong(at, 'a boundary is not at the end of its line');
    }
    if (fields.length === PARTS_MAX) return wrong(at, `more than ${PARTS_MAX} parts`);
    // The empty line may follow at once.
    const headEnd = findHeadEnd(body.subarray(at, at + HEAD_BYTES_MAX));
    if (headEnd < 0) return wrong(at, 'the head of a part has no end');
    const named = headOf(text.decode(body.subarray(at + 2, at + headEnd)));
    if (named === undefined) return wrong(at, 'a part has no plain name');
    const start = at + headEnd + 4;
    // A value may be empty: then its boundary begins with the end of the head.
    const end = findNext(body, start - 2);
    if (end < 0) return wrong(start, 'the form ends before its last boundary');
    fields.push({ ...named, headStart: at + 2, start, end: Math.max(start, end) });
    at = end + 2 + delimiter;
  }
}

/** Where the first boundary ends; nothing may stand before it but an empty line. */
function opening(body: Uint8Array, boundary: string): number | undefined {
  const skipped = body[0] === RETURN && body[1] === LINE_FEED ? 2 : 0;
  const end = skipped + boundary.length + 2;
  return text.decode(body.subarray(skipped, end)) === `--${boundary}` ? end : undefined;
}

function headOf(lines: string): Pick<FormField, 'name' | 'isFile' | 'isForeign'> | undefined {
  let disposition: string | undefined;
  for (const line of lines.split('\r\n')) {
    if (/^content-transfer-encoding/i.test(line) && !/:\s*(?:binary|8bit|7bit)\s*$/i.test(line)) {
      return undefined;
    }
    if (!/^content-disposition/i.test(line)) continue;
    if (disposition !== undefined) return undefined;
    disposition = DISPOSITION.exec(line)?.[1];
    if (disposition === undefined) return undefined;
  }
  const found = NAME.exec(disposition ?? '');
  const name = found?.[1] ?? found?.[2];
  // What stands in quotes is the name of a file.
  const rest = (found?.[3] ?? '').replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  if (name === undefined || SECOND_NAME.test(rest)) return undefined;
  const isFile = /;[ \t]*filename\*?[ \t]*=/i.test(rest);
  return { name, isFile, isForeign: FOREIGN.test(lines) };
}

const wrong = (at: number, why: string): Result<never, Refusal> =>
  no(refusal('body_invalid', `The body is not a valid form at byte ${at}: ${why}.`));
