// What a response repeats of its request, and the frame around its output. Clients of this wire
// expect every one of these fields.

import type { AnswerEvent, Ask, Json, JsonObject, ToldUsage } from '../canon/canon.ts';
import type { AnswerContext } from '../canon/codec.ts';
import { choiceOf, textOf, toolOf } from './ask-fields.ts';
import { writeUsage } from './usage.ts';

const NOTHING: JsonObject = {};

/** JSON text of the repeated fields, without the braces: written once, used in three events. */
export function echoOf(ask: Ask | undefined): string {
  const own = ask?.extra?.responses ?? NOTHING;
  const texts = ask?.system.flatMap((part) => (part.kind === 'text' ? [part.text] : [])) ?? [];
  const { effort = null, shown } = ask?.reasoning ?? {};
  const echo: JsonObject = {
    background: false,
    instructions: texts[0] ?? null,
    max_output_tokens: ask?.outputTokensMax ?? null,
    max_tool_calls: own['max_tool_calls'] ?? null,
    metadata: own['metadata'] ?? {},
    parallel_tool_calls: ask?.parallelTools ?? true,
    previous_response_id: own['previous_response_id'] ?? null,
    reasoning: { effort, summary: shown === true ? 'auto' : null },
    store: own['store'] ?? false,
    temperature: ask?.temperature ?? null,
    text: (ask === undefined ? undefined : textOf(ask)) ?? { format: { type: 'text' } },
    tool_choice: (ask === undefined ? undefined : choiceOf(ask)) ?? 'auto',
    tools: ask?.tools.flatMap((tool) => toolOf(tool) ?? []) ?? [],
    top_logprobs: ask?.logprobs ?? 0,
    top_p: ask?.topP ?? null,
    truncation: own['truncation'] ?? 'disabled',
    user: ask?.user ?? null,
  };
  return JSON.stringify(echo).slice(1, -1);
}

export type Frame = {
  readonly id: string;
  readonly model: string;
  readonly created: number;
  readonly echo: string;
};

export const frameOf = (
  start: Extract<AnswerEvent, { kind: 'start' }> | undefined,
  context: AnswerContext,
): Frame => ({
  id: start?.id ?? context.id,
  model: start?.model ?? context.model,
  created: start?.created ?? context.created,
  echo: echoOf(context.ask),
});

export type Body = {
  readonly status: string;
  /** `error`, `incomplete_details` and what goes beside them. */
  readonly fields: JsonObject;
  readonly output: readonly Json[];
  readonly usage: ToldUsage | undefined;
  readonly service: string | undefined;
};

/** JSON text of a response. */
export function responseText(frame: Frame, body: Body): string {
  const { id, created, model, echo } = frame;
  const head = { id, object: 'response', created_at: created, status: body.status, model };
  const rest = {
    service_tier: body.service ?? null,
    error: null,
    incomplete_details: null,
    ...body.fields,
    output: body.output,
    usage: body.usage === undefined ? null : writeUsage(body.usage),
  };
  return `${JSON.stringify(head).slice(0, -1)},${echo},${JSON.stringify(rest).slice(1)}`;
}
