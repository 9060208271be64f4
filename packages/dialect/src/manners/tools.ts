// Tools for a model whose server knows none: they stand in the instructions, calls and results in
// the text, in the tags that most open models were trained on (Hermes function calling, taken
// over by Qwen and others).
import type { Ask, Part, Tool, ToolCall, ToolChoice, ToolResult, Turn } from '../canon/canon.ts';
import { tryParse } from '../canon/exact.ts';

export const CALL_BEGIN = '<tool_call>';
export const CALL_END = '</tool_call>';

/** The ask itself where there is no tool to tell of. */
export function withCallsInText(ask: Ask): Ask {
  const told = ask.tools.filter(({ kind }) => kind === 'function');
  const isSpoken = ask.turns.some(({ parts }) => parts.some(isOfTool));
  if (told.length === 0 && !isSpoken) return ask;
  const { toolChoice, parallelTools: _parallel, ...rest } = ask;
  const isBarred = told.length === 0 || toolChoice?.kind === 'none';
  const text = isBarred ? undefined : toldTools(told, toolChoice);
  return {
    ...rest,
    tools: ask.tools.filter(({ kind }) => kind !== 'function'),
    system: text === undefined ? ask.system : [...ask.system, { kind: 'text', text }],
    turns: ask.turns.map(turnInText),
  };
}

const isOfTool = ({ kind }: Part): boolean => kind === 'call' || kind === 'result';

function toldTools(tools: readonly Tool[], choice: ToolChoice | undefined): string {
  const lines = tools.map(({ name, description, parameters }) =>
    JSON.stringify({
      type: 'function',
      function: {
        name,
        ...(description === undefined ? {} : { description }),
        parameters: parameters ?? { type: 'object', properties: {} },
      },
    }),
  );
  return [
    '',
    '# Tools',
    'These functions can be called:',
    '<tools>',
    ...lines,
    '</tools>',
    'For each call write a JSON object with its name and arguments in these tags, and nothing ' +
      'after the last call:',
    `${CALL_BEGIN}\n{"name": <function-name>, "arguments": <args-json-object>}\n${CALL_END}`,
    wishOf(choice),
  ].join('\n');
}

function wishOf(choice: ToolChoice | undefined): string {
  if (choice?.kind === 'tool') return `Call the function ${choice.name} now.`;
  if (choice?.kind === 'any') return 'Call at least one of them now.';
  return 'Where no function is of help, answer in words.';
}

function turnInText(turn: Turn): Turn {
  if (!turn.parts.some(isOfTool)) return turn;
  const parts = turn.parts.flatMap(partInText);
  return { ...turn, role: turn.role === 'tool' ? 'user' : turn.role, parts };
}

function partInText(part: Part): readonly Part[] {
  if (part.kind === 'call') return [{ kind: 'text', text: callInText(part) }];
  return part.kind === 'result' ? resultInText(part) : [part];
}

/** Arguments that are no JSON stay as the model wrote them. */
function callInText({ name, arguments: text }: ToolCall): string {
  const isJson = tryParse(text) !== undefined;
  const written = isJson ? text : JSON.stringify(text);
  return `${CALL_BEGIN}\n{"name": ${JSON.stringify(name)}, "arguments": ${written}}\n${CALL_END}`;
}

function resultInText({ parts }: ToolResult): readonly Part[] {
  const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  const others = parts.filter(({ kind }) => kind !== 'text');
  return [{ kind: 'text', text: `<tool_response>\n${text}\n</tool_response>` }, ...others];
}
