// Tools and tool choice, which chat and responses write differently but mean alike: chat wraps the
// function in an object of its own, responses does not.
import type { Tool, ToolChoice } from '../ask.ts';
import type { JsonRecord } from '../json.ts';
import { isList, isRecord, recordAt, textAt } from '../json.ts';
import type { Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';

/**
 * The functions among the tools; `unwrap` finds a function's record, or undefined for other kinds.
 */
export function toolsFrom(
  list: unknown,
  unwrap: (entry: JsonRecord) => JsonRecord | undefined,
): Result<Tool[]> {
  const tools: Tool[] = [];
  for (const [at, entry] of (isList(list) ? list : []).entries()) {
    if (isRecord(entry) && entry['type'] !== 'function' && entry['type'] !== undefined) continue;
    const described = isRecord(entry) ? unwrap(entry) : undefined;
    const name = described ? textAt(described, 'name') : undefined;
    if (described === undefined || name === undefined || name === '') {
      const message = `Missing required parameter: the name of the function in 'tools[${at}]'.`;
      return refuse(invalid(message, `tools[${at}]`, 'missing_required_parameter'));
    }
    const description = textAt(described, 'description') ?? '';
    tools.push({ name, description, parameters: recordAt(described, 'parameters') });
  }
  return accept(tools);
}

export function toolChoiceFrom(
  choice: unknown,
  tools: readonly Tool[],
  unwrap: (entry: JsonRecord) => JsonRecord | undefined,
): Result<ToolChoice> {
  if (choice === undefined || choice === null) return accept({ kind: 'auto' });
  if (choice === 'auto' || choice === 'none') return accept({ kind: choice });
  if (tools.length === 0) {
    const message = "'tool_choice' needs 'tools' to choose from.";
    return refuse(invalid(message, 'tool_choice', null));
  }
  if (choice === 'required') return accept({ kind: choice });
  // `allowed_tools`, `custom` and the like: nothing here to obey, so the model is free.
  if (isRecord(choice) && choice['type'] !== 'function') return accept({ kind: 'auto' });
  const name = isRecord(choice) ? textAt(unwrap(choice) ?? {}, 'name') : undefined;
  if (name === undefined || !tools.some((tool) => tool.name === name)) {
    const message = "Invalid 'tool_choice': it names none of the tools in 'tools'.";
    return refuse(invalid(message, 'tool_choice', 'invalid_value'));
  }
  return accept({ kind: 'named', name });
}
