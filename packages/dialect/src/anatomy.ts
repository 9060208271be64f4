// How a chat is built, in every dialect that passes as bytes: which bytes stay the same from call
// to call of one agent's node, whose words stand last, how many results of tools are in it, what
// form the answer shall have. No word of it is read.
import type { Anatomy } from '@signalbox/contract';
import { type Element, type Field, innerElements, innerOf, lastField, textOf } from './json.ts';
import { type Span, sessionBytes } from './outline.ts';
import type { Fields } from './plain.ts';

type Draft = {
  readonly spans: Span[];
  last: Anatomy['last'];
  turns: number;
  toolResults: number;
};

/** Where the instructions of a system stand, and the tools. */
const CONSTANT = ['instructions', 'system', 'systemInstruction', 'tools'];
const TURNS = ['messages', 'input', 'contents'];
const RESULT_ITEMS = new Set(['function_call_output', 'custom_tool_call_output']);
const RESULT_BLOCKS = new Set(['tool_result', 'mcp_tool_result']);
const RESULT_PARTS = new Set(['functionResponse', 'function_response']);

export function anatomyOf(body: Uint8Array, fields: Fields): Anatomy {
  const draft: Draft = { spans: [], last: 'other', turns: 0, toolResults: 0 };
  for (const name of CONSTANT) keep(fields.get(name), draft);
  const form = formOf(body, fields);
  keep(form.field, draft);
  const turns = TURNS.map((name) => fields.get(name)).find((one) => one !== undefined);
  if (turns?.kind === 'array') {
    innerElements(body, turns.valueStart, (one) => readTurn(body, one, draft));
  } else if (turns?.kind === 'string') draft.last = 'user';
  const { spans, last, turns: count, toolResults } = draft;
  const toolForced = isForced(body, fields);
  const identity = sessionBytes(body, spans, '');
  return { identity, last, turns: count, toolResults, format: form.format, toolForced };
}

function keep(field: Field | undefined, { spans }: Draft): void {
  if (field !== undefined) spans.push([field.valueStart, field.valueEnd]);
}

function readTurn(body: Uint8Array, { fields, start, end }: Element, draft: Draft): void {
  if (fields === undefined) return;
  const role = textOf(body, lastField(fields, 'role'));
  if (role === 'system' || role === 'developer') {
    draft.spans.push([start, end]);
    return;
  }
  draft.turns += 1;
  const results = resultsIn(body, fields, role);
  draft.toolResults += results;
  const isUser =
    role === 'user' || (role === undefined && lastField(fields, 'parts') !== undefined);
  draft.last = results > 0 ? 'tool' : isUser ? 'user' : 'other';
}

/** A message of a tool, an item that is a result, or results among the blocks of a user's turn. */
function resultsIn(body: Uint8Array, turn: readonly Field[], role: string | undefined): number {
  if (role === 'tool' || role === 'function') return 1;
  if (RESULT_ITEMS.has(textOf(body, lastField(turn, 'type')) ?? '')) return 1;
  const held = lastField(turn, 'content') ?? lastField(turn, 'parts');
  if (held?.kind !== 'array') return 0;
  let results = 0;
  innerElements(body, held.valueStart, ({ fields = [] }) => {
    const type = textOf(body, lastField(fields, 'type')) ?? '';
    if (RESULT_BLOCKS.has(type) || fields.some(({ key }) => RESULT_PARTS.has(key))) results += 1;
  });
  return results;
}

type Form = { readonly format: Anatomy['format']; readonly field: Field | undefined };

const ENUM = new TextEncoder().encode('"enum"');
/** A larger schema with a list of words in it asks for more than a choice. */
const CHOICE_BYTES_MAX = 2_048;

function formOf(body: Uint8Array, fields: Fields): Form {
  const asked = fields.get('response_format') ?? inner(body, fields.get('text'), 'format');
  const type = textOf(body, inner(body, asked, 'type'));
  if (type === 'json_object') return { format: 'json', field: asked };
  if (type === 'json_schema') return schemaForm(body, asked);
  const config = fields.get('generationConfig');
  const schema =
    inner(body, config, 'responseSchema') ??
    inner(body, config, 'responseJsonSchema') ??
    inner(body, fields.get('output_config'), 'format') ??
    fields.get('output_format');
  if (schema?.kind === 'object') return schemaForm(body, schema);
  const format = fields.get('format');
  if (format?.kind === 'object') return schemaForm(body, format);
  const mime = inner(body, config, 'responseMimeType');
  const isJson = textOf(body, format) === 'json' || textOf(body, mime) === 'application/json';
  return { format: isJson ? 'json' : 'text', field: undefined };
}

function schemaForm(body: Uint8Array, field: Field | undefined): Form {
  if (field === undefined) return { format: 'schema', field };
  const { valueStart, valueEnd } = field;
  const isSmall = valueEnd - valueStart <= CHOICE_BYTES_MAX;
  const isChoice = isSmall && holds(body.subarray(valueStart, valueEnd), ENUM);
  return { format: isChoice ? 'choice' : 'schema', field };
}

function holds(bytes: Uint8Array, wanted: Uint8Array): boolean {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

/** `required`, `any`, or one that is named. */
function isForced(body: Uint8Array, fields: Fields): boolean {
  const choice = fields.get('tool_choice');
  if (choice === undefined) return false;
  if (choice.kind !== 'object') return textOf(body, choice) === 'required';
  const type = textOf(body, inner(body, choice, 'type'));
  return type !== 'auto' && type !== 'none';
}

function inner(body: Uint8Array, field: Field | undefined, key: string): Field | undefined {
  return lastField(innerOf(body, field) ?? [], key);
}
