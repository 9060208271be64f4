// A request for a server of this dialect, by its quirks. What it cannot take is named by our word.

import { encode } from '../../bytes.ts';
import type { Ask, Json } from '../../canon/canon.ts';
import type { WriteQuirks, WriteTo, Written } from '../../canon/codec.ts';
import type { Body } from './body.ts';
import { droppedExtra, objectIn } from './extra.ts';
import { ANSWER_TOOL, writeFormat } from './format.ts';
import { writeReasoning } from './reasoning.ts';
import { writeToolChoice, writeTools } from './tools.ts';
import { writeMessages } from './write-turns.ts';

export function writeAsk(ask: Ask, to: WriteTo): Written {
  const { quirks } = to;
  const dropped = new Set<string>();
  droppedExtra(ask.extra, dropped);
  const body: Body = { ...ask.extra?.openai };
  body['model'] = to.model;
  body['messages'] = writeMessages(ask, { quirks, dropped });
  if (ask.stream) writeStream(ask, to, body);
  else delete body['stream_options'];
  writeSettings(ask, body, quirks);
  writeTools(ask.tools, body, { hasStrict: !quirks.lacks?.includes('strict'), dropped });
  writeToolSettings(ask, body);
  if (ask.reasoning !== undefined) writeReasoning(ask.reasoning, body, { quirks, dropped });
  if (ask.format !== undefined) {
    const schema = writeFormat(ask.format, body, { quirks, dropped });
    if (schema !== undefined) askThroughTool(schema, body);
  }
  for (const key of quirks.lacks ?? []) {
    if (!Object.hasOwn(body, key)) continue;
    delete body[key];
    if (key === 'logprobs') delete body['top_logprobs'];
    if (key !== 'stream_options') dropped.add(OURS[key] ?? key);
  }
  return { body: encode(JSON.stringify(body)), dropped };
}

/** Fields of the wire by our word. */
const OURS: { readonly [key: string]: string | undefined } = {
  max_tokens: 'outputTokensMax',
  max_completion_tokens: 'outputTokensMax',
  top_p: 'topP',
  top_k: 'topK',
  min_p: 'minP',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
  n: 'answers',
  top_logprobs: 'logprobs',
  tool_choice: 'toolChoice',
  parallel_tool_calls: 'parallelTools',
  response_format: 'format',
  reasoning_effort: 'reasoning',
};

function writeStream(ask: Ask, to: WriteTo, body: Body): void {
  body['stream'] = true;
  const isUsageAsked = ask.usageWanted || to.askUsage;
  const options = objectIn(body, 'stream_options');
  if (isUsageAsked) body['stream_options'] = { ...options, include_usage: true };
}

function writeSettings(ask: Ask, body: Body, quirks: WriteQuirks): void {
  const bound = ask.outputTokensMax ?? quirks.outputTokensDefault;
  put(body, quirks.outputTokensField ?? 'max_completion_tokens', bound);
  put(body, 'temperature', ask.temperature);
  put(body, 'top_p', ask.topP);
  put(body, 'top_k', ask.topK);
  put(body, 'min_p', ask.minP);
  put(body, 'seed', ask.seed);
  put(body, 'stop', ask.stop);
  put(body, 'frequency_penalty', ask.frequencyPenalty);
  put(body, 'presence_penalty', ask.presencePenalty);
  put(body, 'n', ask.answers);
  put(body, 'user', ask.user);
  if (ask.logprobs === undefined) return;
  body['logprobs'] = true;
  if (ask.logprobs > 0) body['top_logprobs'] = ask.logprobs;
}

function put(body: Body, key: string, value: Json | undefined): void {
  if (value !== undefined) body[key] = value;
}

/** Without tools a server refuses these. */
function writeToolSettings(ask: Ask, body: Body): void {
  if (body['tools'] === undefined) return;
  if (ask.toolChoice !== undefined) body['tool_choice'] = writeToolChoice(ask.toolChoice);
  put(body, 'parallel_tool_calls', ask.parallelTools);
}

function askThroughTool(schema: Json, body: Body): void {
  const tool = {
    type: 'function',
    function: { name: ANSWER_TOOL, description: 'Gives the answer.', parameters: schema },
  };
  const others = Array.isArray(body['tools']) ? body['tools'] : [];
  body['tools'] = [...others, tool];
  body['tool_choice'] =
    others.length > 0 ? 'required' : { type: 'function', function: { name: ANSWER_TOOL } };
}
