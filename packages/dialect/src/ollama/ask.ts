// A request for a chat into our words.
import type { Result } from '@signalbox/contract';
import type { Ask, Json, Part, Tool, ToolCall, ToolResult, Turn } from '../canon/canon.ts';
import type { BadAsk } from '../canon/codec.ts';
import { restOf } from '../canon/exact.ts';
import { readCalls } from './calls.ts';
import { at, listAt, neededText, objectAt, type Place, reading, textAt, Wrong } from './fields.ts';
import { readImage } from './media.ts';
import { readSettings } from './options.ts';
import { readThoughts } from './thoughts.ts';

export function readAsk(body: Json): Result<Ask, BadAsk> {
  return reading(() => {
    const whole = objectAt({ value: body, path: 'body' });
    if (whole === undefined) throw new Wrong('body', 'The body must be a JSON object.');
    const messages = listAt(at(whole, 'messages')).map(objectMessage);
    const first = messages.findIndex((message) => roleOf(message) !== 'system');
    const opening = first < 0 ? messages.length : first;
    return {
      ...readSettings(whole),
      usageWanted: true,
      system: messages.slice(0, opening).flatMap((message) => contentOf(message)),
      turns: readTurns(messages, opening),
      tools: listAt(at(whole, 'tools')).map(readTool),
    };
  });
}

function objectMessage(place: Place): Place {
  if (objectAt(place) !== undefined) return place;
  throw new Wrong(place.path, `The field \`${place.path}\` must be an object.`);
}

const ROLES = ['user', 'assistant', 'tool', 'system'] as const;

function roleOf({ value, path }: Place): Turn['role'] {
  const place = at(value, 'role', path);
  const told = neededText(place).toLowerCase();
  const role = ROLES.find((one) => one === told);
  if (role !== undefined) return role;
  throw new Wrong(place.path, `The field \`${place.path}\` must be one of ${ROLES.join(', ')}.`);
}

function readTurns(messages: readonly Place[], from: number): readonly Turn[] {
  const turns: Turn[] = [];
  const open: ToolCall[] = [];
  let results: Part[] | undefined;
  messages.slice(from).forEach((message, index) => {
    const role = roleOf(message);
    if (role === 'tool') {
      const result = readResult(message, open, `call_${from + index}`);
      if (results === undefined) {
        results = [result];
        turns.push({ role, parts: results });
      } else results.push(result);
      return;
    }
    results = undefined;
    const parts = contentOf(message);
    if (role !== 'assistant') {
      turns.push({ role, parts });
      return;
    }
    const calls = readCallParts(message, from + index);
    open.splice(0, open.length, ...calls);
    turns.push({ role, parts: [...readThoughts(message.value), ...parts, ...calls] });
  });
  return turns;
}

/** Images first: that is where models get to see them. */
function contentOf({ value, path }: Place): readonly Part[] {
  const images = listAt(at(value, 'images', path)).map((place) => readImage(neededText(place)));
  const text = textAt(at(value, 'content', path)) ?? '';
  return text === '' ? images : [...images, { kind: 'text', text }];
}

function readCallParts({ value, path }: Place, message: number): readonly ToolCall[] {
  listAt(at(value, 'tool_calls', path)).forEach((place) => {
    const called = at(place.value, 'function', place.path);
    objectAt(called);
    neededText(at(called.value, 'name', called.path));
  });
  return readCalls(value).map(({ id, ...call }, index) => ({
    kind: 'call',
    id: id ?? `call_${message}_${index}`,
    ...call,
  }));
}

/** A result without an id answers the first open call of its name, or else the first one. */
function readResult({ value, path }: Place, open: ToolCall[], ownId: string): ToolResult {
  const told = textAt(at(value, 'tool_call_id', path));
  const name = textAt(at(value, 'tool_name', path)) ?? textAt(at(value, 'name', path));
  const byId = open.findIndex(({ id }) => id === told);
  const byName = open.findIndex((call) => call.name === name);
  const found = byId >= 0 ? byId : byName >= 0 ? byName : 0;
  const answered = told === undefined || byId >= 0 ? open.splice(found, 1)[0] : undefined;
  return {
    kind: 'result',
    id: told ?? answered?.id ?? ownId,
    ...(name === undefined ? {} : { name }),
    parts: contentOf({ value, path }),
  };
}

const TOOL = new Set(['type', 'function']);
const FUNCTION = new Set(['name', 'description', 'parameters']);

function readTool(place: Place): Tool {
  const called = at(place.value, 'function', place.path);
  const description = textAt(at(called.value, 'description', called.path));
  const parameters = at(called.value, 'parameters', called.path).value;
  objectAt(called);
  const rest = restOf(called.value, FUNCTION);
  const beside = restOf(place.value, TOOL);
  const extra = { ...beside, ...(rest === undefined ? {} : { function: rest }) };
  return {
    kind: 'function',
    name: neededText(at(called.value, 'name', called.path)),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(Object.keys(extra).length === 0 ? {} : { extra: { ollama: extra } }),
  };
}
