// Models of other manners, played on demand: a template that refuses the system role, a server that
// passes over tools or over the format that is asked for. Who is told of them in words instead
// heeds the words, as models do that were trained on such prompts (Hermes function calling).
import type { Ask, Format, Tool, Turn } from './ask.ts';
import { isRecord, type JsonRecord, recordAt, textAt } from './json.ts';
import type { Result } from './problem.ts';
import { accept, invalid, refuse } from './problem.ts';
import type { Script } from './script.ts';

/** From the heading to the next empty line. */
const TOLD_TOOLS =
  /(?:^|\n)# Tools\n(?:[^\n]+\n)*?<tools>\n((?:\{[^\n]*\}\n)*)<\/tools>(?:\n[^\n]+)*/;
const TOLD_SCHEMA = /(?:^|\n)[^\n]*JSON Schema:\n(\{[^\n]*\})/;
const TOLD_RESULT = /^<tool_response>\n([\s\S]*)\n<\/tool_response>$/;

/** The ask as such a model hears it. */
export function heard(ask: Ask, script: Script): Result<Ask> {
  const { noSystem, noTools, noFormat } = script;
  if (noSystem && ask.turns.some(({ role }) => role === 'system')) {
    return refuse(invalid('System role not supported', 'messages', null));
  }
  let said = ask;
  if (noTools) said = withToldTools(said);
  return accept(noFormat ? withToldFormat(said) : said);
}

function withToldTools(ask: Ask): Ask {
  const tools: Tool[] = [];
  const turns = ask.turns.map((turn): Turn => {
    const [, result] = TOLD_RESULT.exec(turn.text) ?? [];
    if (turn.role === 'user' && result !== undefined)
      return { ...turn, role: 'tool', text: result };
    const [, list] = TOLD_TOOLS.exec(turn.text) ?? [];
    if (list === undefined) return turn;
    tools.push(...list.trim().split('\n').flatMap(toolIn));
    return { ...turn, text: turn.text.replace(TOLD_TOOLS, '').trim() };
  });
  const isTold = tools.length > 0 ? { callsInText: true as const } : {};
  return { ...ask, tools, turns, toolChoice: { kind: 'auto' }, ...isTold };
}

function toolIn(line: string): readonly Tool[] {
  const told = recordAt(parsed(line) ?? {}, 'function') ?? {};
  const name = textAt(told, 'name');
  if (name === undefined) return [];
  const parameters = recordAt(told, 'parameters');
  return [{ name, description: textAt(told, 'description') ?? '', parameters }];
}

function withToldFormat(ask: Ask): Ask {
  let format: Format = { kind: 'text' };
  const turns = ask.turns.map((turn): Turn => {
    const schema = parsed(TOLD_SCHEMA.exec(turn.text)?.[1] ?? '');
    if (schema === undefined) return turn;
    format = { kind: 'json-schema', schema };
    return { ...turn, text: turn.text.replace(TOLD_SCHEMA, '').trim() };
  });
  return { ...ask, format, turns };
}

function parsed(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
