// Tools, the choice among them and the form of the text, as this wire writes them: in a request
// and once more in the response that repeats it.
import type { Ask, Dropped, Format, Json, JsonObject, Tool } from '../canon/canon.ts';
import { isObject, textIn } from '../canon/exact.ts';

/** OpenAI wants a name for every schema. */
const SCHEMA_NAME = 'answer';

/** Tools with free text for input. Ours are functions with this one field. */
export const isCustom = (tool: Tool): boolean => textIn(tool.extra?.responses, 'type') === 'custom';

/** Undefined for what only another provider runs. */
export function toolOf(tool: Tool): JsonObject | undefined {
  const own = tool.extra?.responses;
  if (tool.kind === 'hosted') return own;
  const { name, description, parameters, strict } = tool;
  const said = description === undefined ? {} : { description };
  if (isCustom(tool)) return { type: 'custom', name, ...said, ...own };
  // Absent would mean strict here and nowhere else.
  return {
    type: 'function',
    name,
    ...said,
    parameters: parameters ?? null,
    strict: strict ?? false,
    ...own,
  };
}

/** What the caller said in this wire's own words goes first. */
export function choiceOf(ask: Ask): Json | undefined {
  const own = ask.extra?.responses?.['tool_choice'];
  if (own !== undefined) return own;
  const choice = ask.toolChoice;
  if (choice === undefined) return undefined;
  switch (choice.kind) {
    case 'any':
      return 'required';
    case 'tool': {
      const { name } = choice;
      const custom = ask.tools.some((tool) => tool.name === name && isCustom(tool));
      return { type: custom ? 'custom' : 'function', name };
    }
    case 'auto':
    case 'none':
      return choice.kind;
  }
}

/** The field `text`; a form that it cannot say is dropped by name. */
export function textOf(ask: Ask, dropped?: Dropped): JsonObject | undefined {
  const own = ask.extra?.responses?.['text'];
  const rest = isObject(own) ? own : undefined;
  const format = ask.format === undefined ? undefined : formatOf(ask.format);
  if (ask.format !== undefined && format === undefined) dropped?.add(`format.${ask.format.kind}`);
  if (format === undefined && rest === undefined) return undefined;
  return { ...(format === undefined ? {} : { format }), ...rest };
}

function formatOf(format: Format): JsonObject | undefined {
  switch (format.kind) {
    case 'text':
      return { type: 'text' };
    case 'json':
      return { type: 'json_object' };
    case 'schema': {
      const { schema, name = SCHEMA_NAME, description, strict } = format;
      return {
        type: 'json_schema',
        name,
        schema,
        ...(description === undefined ? {} : { description }),
        ...(strict === undefined ? {} : { strict }),
      };
    }
    default:
      return undefined;
  }
}
