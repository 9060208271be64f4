// Turns as `messages`. They are ordered as OpenAI's chat has them; here each is written with the
// fields that this format knows. Instructions must stand first. A thought before calls is their
// `tool_plan`, any other a content of its own.
import type { Ask, Dropped, Json, JsonObject, Part } from '../canon/canon.ts';
import type { WriteQuirks } from '../canon/codec.ts';
import { isObject, listIn, member, said, textIn } from '../canon/exact.ts';
import { isFieldName } from '../openai/chat/extra.ts';
import { writeMessages } from '../openai/chat/write-turns.ts';

type To = { readonly quirks: WriteQuirks; readonly dropped: Dropped };

const LACKS: WriteQuirks = { lacks: ['name'], thoughtField: 'reasoning_content' };

export function writeTurns(ask: Pick<Ask, 'system' | 'turns'>, to: To): readonly Json[] {
  const { dropped } = to;
  const late = ask.turns.filter(({ role }) => role === 'system');
  if (late.length > 0) dropped.add('turn.system');
  const system: readonly Part[] = [...ask.system, ...late.flatMap(({ parts }) => parts)];
  const turns = ask.turns.filter(({ role }) => role !== 'system');
  const quirks = { ...to.quirks, ...LACKS };
  return writeMessages({ system, turns }, { quirks, dropped }).map((one) => message(one, dropped));
}

const KNOWN: ReadonlySet<string> = new Set([
  ...['role', 'content', 'tool_calls', 'tool_call_id', 'reasoning_content', 'refusal'],
]);
/** What else the other writer puts there, by our word. */
const OURS: ReadonlyMap<string, string> = new Map([
  ['reasoning_details', 'part.signature'],
  ['extra_content', 'call.signature'],
  ['audio', 'part.audio'],
]);

function message(from: Json, dropped: Dropped): Json {
  dropOthers(from, KNOWN, dropped);
  const thought = textIn(from, 'reasoning_content');
  const calls = listIn(from, 'tool_calls')?.flatMap((one) => call(one, dropped));
  const isPlan = thought !== undefined && calls !== undefined && calls.length > 0;
  const refusal = textIn(from, 'refusal');
  const told = content(member(from, 'content') ?? null, dropped) ?? refusal ?? null;
  const silent = told === null || told === '' ? [] : told;
  const thinks =
    thought === undefined || isPlan ? undefined : { type: 'thinking', thinking: thought };
  return said({
    role: textIn(from, 'role') ?? 'user',
    content: thinks === undefined ? told : [thinks, ...parts(silent)],
    tool_plan: isPlan ? thought : undefined,
    tool_calls: calls,
    tool_call_id: textIn(from, 'tool_call_id'),
  });
}

const parts = (content: Json): readonly Json[] =>
  Array.isArray(content) ? content : [{ type: 'text', text: content }];

function content(value: Json, dropped: Dropped): Json {
  return Array.isArray(value) ? value.flatMap((one) => part(one, dropped)) : value;
}

const TEXT_KEYS: ReadonlySet<string> = new Set(['type', 'text']);
const IMAGE_KEYS: ReadonlySet<string> = new Set(['type', 'image_url']);
/** Contents of the other format that have no place here, by our word. */
const MEDIA: ReadonlyMap<string, string> = new Map([
  ['input_audio', 'audio'],
  ['video_url', 'video'],
  ['audio_url', 'audio'],
]);

function part(value: Json, dropped: Dropped): readonly Json[] {
  const type = textIn(value, 'type') ?? '';
  if (type === 'text') {
    dropOthers(value, TEXT_KEYS, dropped);
    return [{ type, text: textIn(value, 'text') ?? '' }];
  }
  const image = type === 'image_url' ? member(value, type) : undefined;
  if (isObject(image)) {
    dropOthers(value, IMAGE_KEYS, dropped);
    const { url = '', detail } = image;
    return [{ type, image_url: said({ url, detail }) }];
  }
  dropped.add(`part.${MEDIA.get(type) ?? (type === 'file' ? type : 'opaque')}`);
  return [];
}

const CALL_KEYS: ReadonlySet<string> = new Set(['id', 'type', 'function']);

function call(value: Json, dropped: Dropped): readonly JsonObject[] {
  const own = member(value, 'function');
  if (!isObject(own)) {
    dropped.add('part.opaque');
    return [];
  }
  dropOthers(value, CALL_KEYS, dropped);
  const { name = '', arguments: text = '{}' } = own;
  const id = textIn(value, 'id') ?? '';
  return [{ id, type: 'function', function: { name, arguments: text } }];
}

function dropOthers(value: Json, known: ReadonlySet<string>, dropped: Dropped): void {
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    if (known.has(key)) continue;
    dropped.add(OURS.get(key) ?? (isFieldName(key) ? `openai.${key}` : 'openai'));
  }
}
