// A conversation out of `messages`. Instructions that stand first are the system's; later ones keep
// their place. Results that stand side by side are one turn.
import type {
  Json,
  JsonObject,
  Part,
  Thought,
  ToolCall,
  ToolResult,
  Turn,
} from '../../canon/canon.ts';
import { isObject, member, restOf, textIn } from '../../canon/exact.ts';
import { fold } from '../../canon/fold.ts';
import { argumentsText, callIdFor, callSignature } from './call.ts';
import { callsStandFirst } from './choice.ts';
import { readContent, refusalText } from './content.ts';
import { Emitter, type Out } from './emitter.ts';
import { type ExtraOf, extraOf } from './extra.ts';
import { type Fields, pathOf } from './fields.ts';
import { interleaved } from './places.ts';
import { ThoughtReader } from './thought.ts';

export type Conversation = { readonly system: readonly Part[]; readonly turns: readonly Turn[] };

export function readMessages(messages: readonly Json[], fields: Fields): Conversation {
  const reading = new Reading(fields);
  for (const [at, message] of messages.entries()) reading.take(message, `messages[${at}]`);
  return reading;
}

const PLAIN_KEYS = new Set(['role', 'content', 'name']);
const RESULT_KEYS = new Set(['role', 'content', 'name', 'tool_call_id']);
const ASSISTANT_KEYS = new Set([
  ...['role', 'content', 'name', 'refusal', 'audio', 'tool_calls', 'function_call'],
  ...['reasoning', 'reasoning_content', 'reasoning_details'],
]);

type At = {
  readonly message: JsonObject;
  readonly where: string;
  /** Fields that are read. */
  readonly known: ReadonlySet<string>;
};

class Reading implements Conversation {
  readonly system: Part[] = [];
  readonly turns: Turn[] = [];
  readonly #fields: Fields;
  /** Of the last turn with calls, those that have no result yet. */
  #open: ToolCall[] = [];
  #results: ToolResult[] | undefined;

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  take(message: Json, where: string): void {
    const fields = this.#fields;
    if (!isObject(message)) {
      fields.bad(where, 'must be an object');
      return;
    }
    const role = fields.text(message, 'role', where);
    if (role !== 'tool' && role !== 'function') this.#results = undefined;
    switch (role) {
      case 'system':
      case 'developer':
        this.#instruct(message, where);
        return;
      case 'user':
        this.turns.push(
          this.#turn('user', this.#said(message, where), { message, where, known: PLAIN_KEYS }),
        );
        return;
      case 'assistant':
        this.#answered(message, where);
        return;
      case 'tool':
      case 'function':
        this.#result(message, where);
        return;
      default:
        fields.bad(pathOf(where, 'role'), 'must be system, developer, user, assistant or tool');
    }
  }

  #content(message: JsonObject, where: string): readonly Part[] {
    return readContent(member(message, 'content'), pathOf(where, 'content'), this.#fields) ?? [];
  }

  /** Of whom who must say something. */
  #said(message: JsonObject, where: string): readonly Part[] {
    if ((message['content'] ?? null) === null) {
      this.#fields.bad(pathOf(where, 'content'), 'must be a string or a list of parts');
    }
    return this.#content(message, where);
  }

  #turn(role: Turn['role'], parts: readonly Part[], { message, where, known }: At): Turn {
    const name = this.#fields.text(message, 'name', where);
    const named = name === undefined ? {} : { name };
    return { role, parts, ...named, ...extraOf(restOf(message, known)) };
  }

  #instruct(message: JsonObject, where: string): void {
    const parts = this.#said(message, where);
    if (this.turns.length === 0) this.system.push(...parts);
    else this.turns.push(this.#turn('system', parts, { message, where, known: PLAIN_KEYS }));
  }

  #answered(message: JsonObject, where: string): void {
    const fields = this.#fields;
    const refusal = fields.text(message, 'refusal', where) ?? '';
    const calls = readCalls(message, where, this.turns.length, fields);
    const audio = textIn(member(message, 'audio'), 'id');
    const parts: Part[] = [...this.#content(message, where)];
    if (refusal !== '') parts.push(refusalText(refusal));
    if (audio !== undefined) {
      parts.push({ kind: 'media', medium: 'audio', source: { kind: 'id', id: audio } });
    }
    const said = callsStandFirst(message) ? [...calls, ...parts] : [...parts, ...calls];
    this.#open = calls.filter((part): part is ToolCall => part.kind === 'call');
    const all = withThoughts(message, said);
    this.turns.push(this.#turn('assistant', all, { message, where, known: ASSISTANT_KEYS }));
  }

  #result(message: JsonObject, where: string): void {
    const fields = this.#fields;
    const name = fields.text(message, 'name', where);
    const told = fields.text(message, 'tool_call_id', where);
    const call = this.#called(told, name);
    const id = told ?? call?.id;
    if (id === undefined) {
      fields.bad(pathOf(where, 'tool_call_id'), 'must be the id of a call of an earlier message');
      return;
    }
    const parts = this.#content(message, where);
    const named = name === undefined ? {} : { name };
    const more = extraOf(restOf(message, RESULT_KEYS));
    const result: ToolResult = { kind: 'result', id, ...named, parts, ...more };
    if (this.#results !== undefined) {
      this.#results.push(result);
      return;
    }
    this.#results = [result];
    this.turns.push({ role: 'tool', parts: this.#results });
  }

  /** Which call a result belongs to: by its id, by its tool's name, else the first without one. */
  #called(id: string | undefined, name: string | undefined): ToolCall | undefined {
    const open = this.#open;
    const byName = open.findIndex((call) => call.name === name);
    const at = id === undefined ? Math.max(byName, 0) : open.findIndex((call) => call.id === id);
    return at < 0 ? undefined : open.splice(at, 1)[0];
  }
}

/** The thoughts of a whole message, read as those of an answer are, among what was said. */
function withThoughts(message: JsonObject, said: readonly Part[]): readonly Part[] {
  if (!['reasoning', 'reasoning_content', 'reasoning_details'].some((key) => message[key])) {
    return said;
  }
  const out: Out = { events: [] };
  const reader = new ThoughtReader(new Emitter(0, out), true);
  reader.take(message);
  const parts = fold(out.events).answers[0]?.parts ?? [];
  const thoughts = parts.filter((part): part is Thought => part.kind === 'thought');
  return interleaved<Part>(thoughts, reader.places, said);
}

function readCalls(
  message: JsonObject,
  where: string,
  turn: number,
  fields: Fields,
): readonly Part[] {
  const parts: Part[] = [];
  const list = fields.list(message, 'tool_calls', where) ?? [];
  const place = pathOf(where, 'tool_calls');
  for (const [at, item] of list.entries()) {
    const id = callIdFor('', turn, at);
    const part = readCall(item, { where: `${place}[${at}]`, id }, fields);
    if (part !== undefined) parts.push(part);
  }
  const legacy = fields.object(message, 'function_call', where);
  if (legacy !== undefined) {
    const id = callIdFor('', turn, list.length);
    const call = readFunction(legacy, { where: pathOf(where, 'function_call'), id }, fields);
    if (call !== undefined) parts.push(call);
  }
  return parts;
}

type Place = { readonly where: string; readonly id: string };
const CALL_KEYS = new Set(['id', 'type', 'index', 'function', 'extra_content']);

function readCall(item: Json, { where, id }: Place, fields: Fields): Part | undefined {
  if (!isObject(item)) return fields.bad(where, 'must be an object');
  const type = fields.text(item, 'type', where) ?? 'function';
  if (type !== 'function') return { kind: 'opaque', wire: 'openai', value: { tool_calls: [item] } };
  const inner = fields.object(item, 'function', where);
  const path = pathOf(where, 'function');
  if (inner === undefined) return fields.bad(path, 'must be an object');
  const own = fields.text(item, 'id', where) || id;
  const call = readFunction(inner, { where: path, id: own }, fields);
  if (call === undefined) return undefined;
  const signature = callSignature(item);
  const extra: ExtraOf = extraOf(restOf(item, CALL_KEYS));
  return { ...call, ...(signature === undefined ? {} : { signature }), ...extra };
}

function readFunction(
  inner: JsonObject,
  { where, id }: Place,
  fields: Fields,
): ToolCall | undefined {
  const name = fields.text(inner, 'name', where);
  if (name === undefined) return fields.bad(pathOf(where, 'name'), 'must be a string');
  return { kind: 'call', id, name, arguments: argumentsText(member(inner, 'arguments')) || '{}' };
}
