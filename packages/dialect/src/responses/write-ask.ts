// Our request for an upstream of this wire. Nothing is left with the provider unless the caller
// asked for that: `store` is false, and what a model sealed of its thoughts comes back instead.
import { encode } from '../bytes.ts';
import type { Ask, Dropped, Json, JsonObject } from '../canon/canon.ts';
import type { WriteQuirks, WriteTo, Written } from '../canon/codec.ts';
import { isObject, member } from '../canon/exact.ts';
import { LOGPROBS } from './ask.ts';
import { choiceOf, textOf, toolOf } from './ask-fields.ts';
import { dropExtra } from './extra.ts';
import { OURS } from './words.table.ts';
import { writeTurns } from './write-input.ts';

const SEALED = 'reasoning.encrypted_content';
const NOTHING: JsonObject = {};
/** Our words without a place in this wire. */
const CANNOT = [
  ...(['topK', 'minP', 'seed', 'stop', 'frequencyPenalty', 'presencePenalty'] as const),
];

export function writeAsk(ask: Ask, to: WriteTo): Written {
  const dropped: Dropped = new Set();
  const own = ask.extra?.responses ?? NOTHING;
  const { quirks } = to;
  for (const word of CANNOT) if (ask[word] !== undefined) dropped.add(word);
  if ((ask.answers ?? 1) > 1) dropped.add('answers');
  dropExtra(ask.extra, dropped);
  const { instructions, input } = writeTurns(ask, quirks, dropped);
  const body: Record<string, Json> = {
    model: to.model,
    input,
    ...(instructions === undefined ? {} : { instructions }),
    ...toolFields(ask, dropped),
    ...formFields(ask, quirks, dropped),
    ...plainFields(ask, quirks),
    ...reasoningField(ask, quirks, dropped),
    ...includeField(ask),
    stream: ask.stream,
    store: false,
    ...restOfOwn(own),
  };
  for (const field of quirks.lacks ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    if (field !== 'store') dropped.add(OURS.get(field) ?? `responses.${field}`);
  }
  return { body: encode(JSON.stringify(body)), dropped };
}

/** Written together with a word of ours. */
const MERGED = new Set(['tool_choice', 'text', 'reasoning', 'include']);

const restOfOwn = (own: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(own).filter(([key]) => !MERGED.has(key)));

function toolFields(ask: Ask, dropped: Dropped): JsonObject {
  const tools = ask.tools.flatMap((tool) => {
    dropExtra(tool.kind === 'function' ? tool.extra : undefined, dropped);
    const written = toolOf(tool);
    if (written === undefined) dropped.add('tools.hosted');
    return written === undefined ? [] : [written];
  });
  const choice = choiceOf(ask);
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(ask.parallelTools === undefined ? {} : { parallel_tool_calls: ask.parallelTools }),
  };
}

/** Grammars and their like only where the server's kind has a field for them. */
function formFields(ask: Ask, quirks: WriteQuirks, dropped: Dropped): JsonObject {
  const { format } = ask;
  const { grammarField = 'none', schemaField } = quirks;
  const isWhole = grammarField === 'structured_outputs';
  if (format?.kind === 'grammar' && grammarField === 'grammar') return { grammar: format.grammar };
  if (isWhole && format?.kind === 'grammar') {
    return { structured_outputs: { grammar: format.grammar } };
  }
  if (isWhole && format?.kind === 'regex') return { structured_outputs: { regex: format.pattern } };
  if (isWhole && format?.kind === 'choice') {
    return { structured_outputs: { choice: format.choices } };
  }
  if (schemaField === 'none' && (format?.kind === 'schema' || format?.kind === 'json')) {
    dropped.add('format');
    return {};
  }
  const text = textOf(ask, dropped);
  return text === undefined ? {} : { text };
}

function plainFields(ask: Ask, quirks: WriteQuirks): JsonObject {
  const { temperature, topP, logprobs, user } = ask;
  const tokens = ask.outputTokensMax ?? quirks.outputTokensDefault;
  return {
    ...(tokens === undefined ? {} : { max_output_tokens: tokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(logprobs === undefined ? {} : { top_logprobs: logprobs }),
    ...(user === undefined ? {} : { user }),
  };
}

function reasoningField(ask: Ask, quirks: WriteQuirks, dropped: Dropped): JsonObject {
  const own = member(ask.extra?.responses, 'reasoning');
  const { effort, tokensMax, shown } = ask.reasoning ?? {};
  if (tokensMax !== undefined) dropped.add('reasoning.tokensMax');
  if (quirks.effortField === 'none') {
    if (effort !== undefined) dropped.add('reasoning.effort');
    return {};
  }
  const reasoning: JsonObject = {
    ...(effort === undefined ? {} : { effort }),
    ...(shown === true ? { summary: 'auto' } : {}),
    ...(isObject(own) ? own : {}),
  };
  return Object.keys(reasoning).length === 0 ? {} : { reasoning };
}

/**
 * Sealed thoughts are asked for where thinking is: models that cannot think refuse the word. A
 * caller of this wire says so itself.
 */
function includeField(ask: Ask): JsonObject {
  const own = member(ask.extra?.responses, 'include');
  const { effort } = ask.reasoning ?? {};
  const thinks = ask.reasoning !== undefined && effort !== 'none';
  const seals = thinks && ask.extra?.responses === undefined;
  const include = [
    ...(Array.isArray(own) ? own : []),
    ...(ask.logprobs === undefined ? [] : [LOGPROBS]),
    ...(seals ? [SEALED] : []),
  ];
  return include.length === 0 ? {} : { include };
}
