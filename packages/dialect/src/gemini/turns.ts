// The conversation of a request: contents and their parts. Calls without ids get one by their
// position; a response without one belongs to the first call of its name that has none yet.
import type { Json, JsonObject, Part, ToolResult, Turn } from '../canon/canon.ts';
import { isObject, restOf, said, tryParse } from '../canon/exact.ts';
import { booleanAt, either, listAt, spellings, textAt, WrongField } from './fields.ts';
import { readMedia } from './media.ts';
import { readArguments } from './parts.ts';
import { eitherSealed, withoutBlank, withPiecesJoined } from './pieces.ts';

/** Tells Google's validator to let a call pass that another model made; it signs nothing. */
export const NO_SIGNATURE = 'skip_thought_signature_validator';

const TEXT_KEYS = spellings('text', 'thought', 'thoughtSignature');
const CALL_KEYS = spellings('functionCall', 'thoughtSignature');
const RESULT_KEYS = spellings('functionResponse', 'thoughtSignature');
const RESPONSE_KEYS = spellings('id', 'name', 'response', 'parts');

export function readTurns(body: Json): readonly Turn[] {
  const contents = listAt(body, 'contents', '');
  if (contents === undefined) throw new WrongField('contents', 'The field `contents` is missing.');
  const calls = new OpenCalls();
  return withPiecesJoined(contents.map((content, at) => readTurn(content, at, calls)));
}

/** Instructions may be a bare text in what people write by hand. */
export function readSystem(body: Json): readonly Part[] {
  const path = 'systemInstruction';
  const found = either(body, path);
  if (found === undefined) return [];
  if (typeof found === 'string') return [{ kind: 'text', text: found }];
  return readParts(found, { path, at: 0, calls: new OpenCalls() });
}

function readTurn(content: Json, at: number, calls: OpenCalls): Turn {
  const path = `contents[${at}]`;
  if (typeof content === 'string')
    return { role: 'user', parts: [{ kind: 'text', text: content }] };
  const role = textAt(content, 'role', path) ?? 'user';
  const parts = readParts(content, { path, at, calls });
  const results = parts.length > 0 && parts.every(({ kind }) => kind === 'result');
  return { role: roleOf(role, results, path), parts };
}

function roleOf(role: string, results: boolean, path: string): Turn['role'] {
  switch (role) {
    case 'user':
    case '':
      return results ? 'tool' : 'user';
    case 'model':
    case 'assistant':
      return 'assistant';
    case 'function':
    case 'tool':
      return 'tool';
    case 'system':
      return 'system';
    default:
      throw new WrongField(`${path}.role`, `The field \`${path}.role\` must be user or model.`);
  }
}

type Place = { readonly path: string; readonly at: number; readonly calls: OpenCalls };

function readParts(content: Json, place: Place): readonly Part[] {
  if (!isObject(content)) {
    throw new WrongField(place.path, `The field \`${place.path}\` must be an object.`);
  }
  const { path, at, calls } = place;
  const parts: Part[] = [];
  for (const [i, given] of (listAt(content, 'parts', path) ?? []).entries()) {
    const place = { path: `${path}.parts[${i}]`, at, calls };
    for (const part of readPart(given, place)) parts.push(part);
  }
  return withoutBlank(parts);
}

function readPart(part: Json, { path, at, calls }: Place): readonly Part[] {
  if (typeof part === 'string') return [{ kind: 'text', text: part }];
  if (!isObject(part)) throw new WrongField(path, `The field \`${path}\` must be an object.`);
  const given = textAt(part, 'thoughtSignature', path);
  const signature = given === NO_SIGNATURE || given === '' ? undefined : given;
  const call = either(part, 'functionCall');
  if (call !== undefined) {
    const id = textAt(call, 'id', `${path}.functionCall`);
    const name = textAt(call, 'name', `${path}.functionCall`) ?? '';
    const made = calls.called(id, name, at);
    const text = readArguments(either(call, 'args'));
    const more = said({ signature, extra: extraOf(part, CALL_KEYS) });
    return [{ kind: 'call', id: made, name, arguments: text, ...more }];
  }
  const response = either(part, 'functionResponse');
  if (response !== undefined) {
    const result = readResult(response, { path: `${path}.functionResponse`, at, calls });
    const extra = result.extra ?? extraOf(part, RESULT_KEYS);
    return [extra === undefined ? result : { ...result, extra }];
  }
  const text = textAt(part, 'text', path);
  const thought = booleanAt(part, 'thought', path) ?? false;
  const signed: readonly Part[] =
    signature === undefined ? [] : [{ kind: 'thought', text: '', signature }];
  if (text !== undefined) return textParts(part, { text, thought, signature, signed });
  const media = readMedia(part);
  if (media !== undefined) return [media, ...signed];
  if (thought && signature !== undefined) return [{ kind: 'thought', text: '', sealed: signature }];
  if (Object.keys(part).every((key) => TEXT_KEYS.has(key))) return signed;
  return [{ kind: 'opaque', wire: 'gemini', value: part }];
}

type Written = {
  readonly text: string;
  readonly thought: boolean;
  readonly signature: string | undefined;
  readonly signed: readonly Part[];
};

function textParts(part: JsonObject, written: Written): readonly Part[] {
  const { text, thought, signature, signed } = written;
  const more = said({ extra: extraOf(part, TEXT_KEYS) });
  if (thought && text === '' && signature !== undefined) return [eitherSealed(signature)];
  if (thought) return [{ kind: 'thought', text, ...said({ signature }), ...more }];
  if (text === '' && signature !== undefined) return signed;
  return [{ kind: 'text', text, ...more }, ...signed];
}

function extraOf(part: Json, known: ReadonlySet<string>): { gemini: JsonObject } | undefined {
  const rest = restOf(part, known);
  return rest === undefined ? undefined : { gemini: rest };
}

function readResult(response: Json, { path, at, calls }: Place): ToolResult {
  const name = textAt(response, 'name', path) ?? '';
  const id = calls.answered(textAt(response, 'id', path), name, at);
  const { text, failed } = resultText(either(response, 'response'));
  const media = (listAt(response, 'parts', path) ?? []).map(
    (part): Part => readMedia(part) ?? { kind: 'opaque', wire: 'gemini', value: part },
  );
  const parts: readonly Part[] =
    text === '' && media.length > 0 ? media : [{ kind: 'text', text }, ...media];
  const rest = restOf(response, RESPONSE_KEYS);
  return {
    kind: 'result',
    id,
    ...(name === '' ? {} : { name }),
    parts,
    ...(failed ? { failed } : {}),
    ...(rest === undefined ? {} : { extra: { gemini: { functionResponse: rest } } }),
  };
}

/** `output` and `error` are Google's own names for what a tool gave; any other object is it. */
function resultText(response: Json | undefined): { text: string; failed: boolean } {
  if (response === undefined) return { text: '', failed: false };
  const keys = isObject(response) ? Object.keys(response) : [];
  const only = keys.length === 1 ? keys[0] : undefined;
  if (only === 'output') return { text: asText(either(response, only)), failed: false };
  if (only === 'error') return { text: asText(either(response, only)), failed: true };
  return { text: asText(response), failed: false };
}

const asText = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/** The same way back. An object that would be misread as one of Google's own is told as a text. */
export function resultObject(text: string, failed: boolean): JsonObject {
  const parsed = text.trimStart().startsWith('{') ? tryParse(text) : undefined;
  if (failed) return { error: isObject(parsed) ? parsed : text };
  if (!isObject(parsed)) return { output: text };
  const [only, second] = Object.keys(parsed);
  const misread = second === undefined && (only === 'output' || only === 'error');
  return misread ? { output: text } : parsed;
}

type Waiting = { readonly ids: string[]; next: number };

/** The calls of a conversation that have no response yet, by name, in their order. */
class OpenCalls {
  readonly #byName = new Map<string, Waiting>();
  readonly #all: Waiting = { ids: [], next: 0 };
  readonly #done = new Set<string>();
  #turn = -1;
  #count = 0;

  /** @param at the number of the content among all: with the count within it, a stable id. */
  called(id: string | undefined, name: string, at: number): string {
    const made = id === undefined || id === '' ? this.#made(at) : id;
    const same = this.#byName.get(name);
    if (same === undefined) this.#byName.set(name, { ids: [made], next: 0 });
    else same.ids.push(made);
    this.#all.ids.push(made);
    return made;
  }

  answered(id: string | undefined, name: string, at: number): string {
    const given = id === undefined || id === '' ? this.#next(name) : id;
    const known = given ?? this.#made(at);
    this.#done.add(known);
    return known;
  }

  #next(name: string): string | undefined {
    const waiting = name === '' ? this.#all : this.#byName.get(name);
    if (waiting === undefined) return undefined;
    for (; waiting.next < waiting.ids.length; waiting.next += 1) {
      const id = waiting.ids[waiting.next];
      if (id !== undefined && !this.#done.has(id)) return id;
    }
    return undefined;
  }

  #made(at: number): string {
    if (at !== this.#turn) {
      this.#turn = at;
      this.#count = 0;
    }
    this.#count += 1;
    return `call_${at}_${this.#count - 1}`;
  }
}
