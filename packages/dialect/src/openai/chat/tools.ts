// Tools that a model may call, and which of them it must, both ways.
import type { Dropped, Json, JsonObject, Tool, ToolChoice } from '../../canon/canon.ts';
import { isObject, member, restOf, textIn } from '../../canon/exact.ts';
import type { Body } from './body.ts';
import { droppedExtra, extraOf } from './extra.ts';
import { type Fields, pathOf } from './fields.ts';

export function readTools(body: JsonObject, fields: Fields): readonly Tool[] {
  const tools: Tool[] = [];
  for (const [at, item] of (fields.list(body, 'tools') ?? []).entries()) {
    const tool = readTool(item, `tools[${at}]`, fields);
    if (tool !== undefined) tools.push(tool);
  }
  for (const [at, inner] of (fields.list(body, 'functions') ?? []).entries()) {
    const tool = readFunction(inner, {}, { where: `functions[${at}]`, fields });
    if (tool !== undefined) tools.push(tool);
  }
  return tools;
}

const TOOL_KEYS = new Set(['type', 'function']);
const FUNCTION_KEYS = new Set(['name', 'description', 'parameters', 'strict']);

function readTool(item: Json, where: string, fields: Fields): Tool | undefined {
  if (!isObject(item)) return fields.bad(where, 'must be an object');
  const type = fields.text(item, 'type', where) ?? 'function';
  const inner = member(item, 'function');
  if (type !== 'function') {
    const name = textIn(inner, 'name') ?? textIn(item, 'name') ?? type;
    return { kind: 'hosted', name, ...extraOf(item) };
  }
  const path = pathOf(where, 'function');
  if (!isObject(inner)) return fields.bad(path, 'must be an object');
  return readFunction(inner, restOf(item, TOOL_KEYS) ?? {}, { where: path, fields });
}

function readFunction(
  inner: Json,
  beside: JsonObject,
  { where, fields }: { readonly where: string; readonly fields: Fields },
): Tool | undefined {
  if (!isObject(inner)) return fields.bad(where, 'must be an object');
  const name = fields.text(inner, 'name', where);
  if (name === undefined) return fields.bad(pathOf(where, 'name'), 'must be a string');
  const description = fields.text(inner, 'description', where);
  const parameters = fields.object(inner, 'parameters', where);
  const strict = fields.flag(inner, 'strict', where);
  const rest = restOf(inner, FUNCTION_KEYS);
  const more = { ...beside, ...(rest === undefined ? {} : { function: rest }) };
  return {
    kind: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict === undefined ? {} : { strict }),
    ...extraOf(Object.keys(more).length === 0 ? undefined : more),
  };
}

const CHOICES: { readonly [word: string]: 'auto' | 'none' | 'any' | undefined } = {
  auto: 'auto',
  none: 'none',
  required: 'any',
  any: 'any',
};

/** Undefined also for what has no word here; the field is then kept with the rest. */
export function readToolChoice(body: JsonObject, fields: Fields): ToolChoice | undefined {
  const said = body['tool_choice'] ?? body['function_call'] ?? undefined;
  if (said === undefined) return undefined;
  if (typeof said === 'string') {
    const kind = Object.hasOwn(CHOICES, said) ? CHOICES[said] : undefined;
    return kind === undefined
      ? fields.bad('tool_choice', 'must be none, auto, required or one tool')
      : { kind };
  }
  if (!isObject(said)) return fields.bad('tool_choice', 'must be a string or an object');
  const name = textIn(member(said, 'function'), 'name') ?? textIn(said, 'name');
  const isTool = (textIn(said, 'type') ?? 'function') === 'function';
  return isTool && name !== undefined ? { kind: 'tool', name } : undefined;
}

export function writeTools(
  tools: readonly Tool[],
  body: Body,
  { hasStrict, dropped }: { readonly hasStrict: boolean; readonly dropped: Dropped },
): void {
  const written: Json[] = [];
  for (const tool of tools) {
    const own = tool.extra?.openai;
    if (tool.kind === 'function') {
      droppedExtra(tool.extra, dropped);
      written.push(writeTool(tool, hasStrict, dropped));
    } else if (own !== undefined) written.push(own);
    else dropped.add('tools.hosted');
  }
  if (written.length > 0) body['tools'] = written;
}

function writeTool(tool: Tool, hasStrict: boolean, dropped: Dropped): Json {
  const { name, description, parameters, strict, extra } = tool;
  const { function: more, ...beside } = extra?.openai ?? {};
  if (strict !== undefined && !hasStrict) dropped.add('tools.strict');
  return {
    type: 'function',
    ...beside,
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(strict === undefined || !hasStrict ? {} : { strict }),
      ...(isObject(more) ? more : {}),
    },
  };
}

export function writeToolChoice(choice: ToolChoice): Json {
  switch (choice.kind) {
    case 'auto':
    case 'none':
      return choice.kind;
    case 'any':
      return 'required';
    case 'tool':
      return { type: 'function', function: { name: choice.name } };
  }
}
