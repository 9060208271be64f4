// The chat template that travels in the file: ChatML, tools in the system message, calls and
// answers in their marks.

const SYSTEM_WITH_TOOLS = [
  "{%- if tools %}{{- '<|im_start|>system\\n' }}",
  "{%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n' }}{%- endif %}",
  "{{- '# Tools\\n<tools>' }}",
  "{%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{%- endfor %}",
  "{{- '\\n</tools>\\nFor each call return <tool_call>",
  '{"name": <function-name>, "arguments": <args-json-object>}',
  "</tool_call><|im_end|>\\n' }}",
];

const SYSTEM_ALONE = [
  "{%- elif messages[0].role == 'system' %}",
  "{{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}{%- endif %}",
];

const ASSISTANT_CALLS = [
  "{%- elif m.role == 'assistant' and m.tool_calls %}",
  "{{- '<|im_start|>assistant\\n' + (m.content or '') }}",
  '{%- for c in m.tool_calls %}{%- if c.function %}{%- set c = c.function %}{%- endif %}',
  '{{- \'<tool_call>{"name": "\' + c.name + \'", "arguments": \' + (c.arguments | tojson)',
  " + '}</tool_call>' }}{%- endfor %}{{- '<|im_end|>\\n' }}",
];

const TOOL_ANSWER = [
  "{%- elif m.role == 'tool' %}",
  "{{- '<|im_start|>user\\n<tool_response>\\n' + m.content",
  " + '\\n</tool_response><|im_end|>\\n' }}",
];

const ANY_OTHER = [
  "{%- else %}{{- '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}",
];

export const CHAT_TEMPLATE: string = [
  ...SYSTEM_WITH_TOOLS,
  ...SYSTEM_ALONE,
  "{%- for m in messages %}{%- if m.role == 'system' and loop.first %}",
  ...ASSISTANT_CALLS,
  ...TOOL_ANSWER,
  ...ANY_OTHER,
  '{%- endif %}{%- endfor %}',
  "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}",
].join('');
