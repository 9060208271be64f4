// What a model may call: declarations of functions, Google's own tools, and which of them it must
// or must not use.
import type { Dropped, Extra, Json, JsonObject, Tool, ToolChoice } from '../canon/canon.ts';
import { isObject, restOf, said } from '../canon/exact.ts';
import { either, listAt, objectAt, spellings, textAt, WrongField } from './fields.ts';
import { readSchema, writeSchema } from './schema.ts';

const DECLARATIONS = 'functionDeclarations';
const DECLARATION_KEYS = spellings('name', 'description', 'parameters', 'parametersJsonSchema');
const CONFIG_KEYS = spellings('functionCallingConfig');

export function readTools(body: Json): readonly Tool[] {
  const entries = listAt(body, 'tools', '') ?? [];
  return entries.flatMap((entry, at) => {
    const path = `tools[${at}]`;
    if (!isObject(entry)) throw new WrongField(path, `The field \`${path}\` must be an object.`);
    const declared = listAt(entry, DECLARATIONS, path) ?? [];
    const functions = declared.map((one, i) => readFunction(one, `${path}.${DECLARATIONS}[${i}]`));
    return [...functions, ...readHosted(entry)];
  });
}

function readFunction(declaration: Json, path: string): Tool {
  const name = textAt(declaration, 'name', path);
  if (name === undefined) {
    throw new WrongField(`${path}.name`, `The field \`${path}.name\` is missing.`);
  }
  const plain = objectAt(declaration, 'parameters', path);
  const whole = either(declaration, 'parametersJsonSchema');
  const rest = restOf(declaration, DECLARATION_KEYS);
  return {
    kind: 'function',
    name,
    ...said({
      description: textAt(declaration, 'description', path),
      parameters: whole ?? (plain === undefined ? undefined : readSchema(plain)),
      extra: rest === undefined ? undefined : { gemini: rest },
    }),
  };
}

/** `googleSearch`, `codeExecution`, `urlContext` and whatever else stands beside declarations. */
const readHosted = (entry: JsonObject): readonly Tool[] =>
  Object.entries(entry)
    .filter(([key, value]) => !HOSTED_NOT.has(key) && value !== null)
    .map(([name, value]) => ({ kind: 'hosted', name, extra: { gemini: { [name]: value } } }));

const HOSTED_NOT = spellings(DECLARATIONS);

export function writeTools(
  tools: readonly Tool[],
  dropped: Dropped,
  lacks: ReadonlySet<string>,
): readonly JsonObject[] {
  const entries: JsonObject[] = [];
  const declared: JsonObject[] = [];
  for (const tool of tools) {
    if (tool.kind === 'function') {
      if (declared.length === 0) entries.push({ [DECLARATIONS]: declared });
      declared.push(writeFunction(tool, dropped, lacks));
    } else if (tool.extra?.gemini !== undefined) entries.push(tool.extra.gemini);
    else dropped.add('tools.hosted');
  }
  return entries;
}

function writeFunction(tool: Tool, dropped: Dropped, lacks: ReadonlySet<string>): JsonObject {
  if (tool.strict === true) dropped.add('tools.strict');
  const { name, description, parameters, extra } = tool;
  const shape =
    parameters === undefined
      ? {}
      : shapeOf('parameters', parameters, dropped, lacks.has('parametersJsonSchema'));
  return { ...extra?.gemini, ...said({ name, description }), ...shape };
}

function shapeOf(name: string, schema: Json, dropped: Dropped, plainOnly: boolean): JsonObject {
  const written = writeSchema(schema, dropped, plainOnly);
  return { [written.kind === 'openapi' ? name : `${name}JsonSchema`]: written.schema };
}

export type Choice = { readonly toolChoice?: ToolChoice; readonly extra?: JsonObject };

/** What no word of ours says (several allowed names, another mode) stays in `extra`. */
export function readChoice(body: Json): Choice {
  const config = objectAt(body, 'toolConfig', '');
  if (config === undefined) return {};
  const rest = restOf(config, CONFIG_KEYS);
  const calling = objectAt(config, 'functionCallingConfig', 'toolConfig');
  const path = 'toolConfig.functionCallingConfig';
  const mode = textAt(calling, 'mode', path)?.toUpperCase();
  const names = listAt(calling, 'allowedFunctionNames', path) ?? [];
  const [name, second] = names;
  const single = mode === 'ANY' && typeof name === 'string' && second === undefined;
  const toolChoice: ToolChoice | undefined = single
    ? { kind: 'tool', name }
    : CHOICES.get(mode ?? '');
  const known = single || names.length === 0 ? CALLING_KEYS : spellings('mode');
  const more = restOf(calling, toolChoice === undefined ? new Set() : known);
  const extra = {
    ...rest,
    ...(more === undefined ? {} : { functionCallingConfig: more }),
  };
  return {
    ...said({ toolChoice }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

const CALLING_KEYS = spellings('mode', 'allowedFunctionNames');
const CHOICES: ReadonlyMap<string, ToolChoice> = new Map([
  ['AUTO', { kind: 'auto' }],
  ['ANY', { kind: 'any' }],
  ['NONE', { kind: 'none' }],
]);
const MODES: Readonly<Record<ToolChoice['kind'], string>> = {
  auto: 'AUTO',
  any: 'ANY',
  none: 'NONE',
  tool: 'ANY',
};

/** Undefined where nothing is to be said. */
export function writeChoice(
  choice: ToolChoice | undefined,
  extra: Extra | undefined,
): JsonObject | undefined {
  const given = extra?.gemini?.['toolConfig'];
  const config = isObject(given) ? given : {};
  const calling = config['functionCallingConfig'];
  const said = {
    ...(choice === undefined ? {} : { mode: MODES[choice.kind] }),
    ...(choice?.kind === 'tool' ? { allowedFunctionNames: [choice.name] } : {}),
    ...(isObject(calling) ? calling : {}),
  };
  if (Object.keys(said).length === 0) return isObject(given) ? given : undefined;
  return { ...config, functionCallingConfig: said };
}
