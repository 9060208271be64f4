// What a record needs of an answer: which model says it answered, what was used, whether an error
// hides in a 200.
import type { Operation, Usage } from '@signalbox/contract';
import type { SignedCall } from '../canon/origin.ts';
import { type Field, innerFields, lastField, readObject, stringAt } from '../json.ts';

export type AnswerFacts = {
  readonly model: string | undefined;
  readonly usage: Usage | undefined;
  /** The level of service that was given; prices differ by it. */
  readonly service: string | undefined;
  /** Of a response: the id that a later call may refer to. */
  readonly responseId?: string | undefined;
  /** Calls that the provider wants back as it signed them; told of answers carried over. */
  readonly signed?: readonly SignedCall[] | undefined;
  /** Files and batches that are the caller's from now on. */
  readonly objectIds?: readonly string[] | undefined;
  /** The body is an error although its status says otherwise. */
  readonly error: boolean;
  readonly malformed: boolean;
};

/** The field that names the level of service. */
export const SERVICE = 'service_tier';

const text = new TextDecoder();

export function readAnswer(operation: Operation, body: Uint8Array): AnswerFacts {
  const reading = readObject(body);
  if (reading.kind === 'invalid') {
    const nothing = { model: undefined, usage: undefined, service: undefined };
    return { ...nothing, error: false, malformed: true };
  }
  const fields = reading.fields;
  return {
    model: stringField(body, fields, 'model'),
    usage: usageOf(body, fields),
    service: stringField(body, fields, SERVICE),
    responseId: operation === 'response' ? stringField(body, fields, 'id') : undefined,
    error: isError(fields),
    malformed: false,
  };
}

/** A top-level `error` that is neither null nor absent. */
export function isError(fields: readonly Field[]): boolean {
  const error = lastField(fields, 'error');
  return error !== undefined && error.kind !== 'null';
}

export function stringField(
  body: Uint8Array,
  fields: readonly Field[],
  key: string,
): string | undefined {
  const field = lastField(fields, key);
  if (field?.kind !== 'string') return undefined;
  // Some chunks carry empty names; that is not a name.
  return stringAt(body, field.valueStart, field.valueEnd) || undefined;
}

/** Where a provider tells its usage, when not at the top: the whole of a typed event, and Groq. */
const AROUND_USAGE = ['response', 'x_groq'];

/**
 * The usage among the fields of a body or of a stream's chunk, also one level down where some
 * providers put it.
 */
export function usageOf(body: Uint8Array, fields: readonly Field[]): Usage | undefined {
  const direct = directUsage(body, fields);
  if (direct !== undefined) return direct;
  for (const name of AROUND_USAGE) {
    const around = innerOf(body, fields, name);
    const inner = around === undefined ? undefined : directUsage(body, around);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function directUsage(body: Uint8Array, fields: readonly Field[]): Usage | undefined {
  const usage = lastField(fields, 'usage');
  if (usage?.kind !== 'object') return undefined;
  return readUsage(text.decode(body.subarray(usage.valueStart, usage.valueEnd)));
}

/** The fields inside a field that is an object. */
export function innerOf(
  body: Uint8Array,
  fields: readonly Field[],
  key: string,
): readonly Field[] | undefined {
  const field = lastField(fields, key);
  return field?.kind === 'object' ? innerFields(body, field.valueStart) : undefined;
}

function readUsage(json: string): Usage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const input = countIn(value, 'prompt_tokens') ?? countIn(value, 'input_tokens');
  const output = countIn(value, 'completion_tokens') ?? countIn(value, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const reasoning =
    countIn(valueIn(value, 'completion_tokens_details'), 'reasoning_tokens') ??
    countIn(valueIn(value, 'output_tokens_details'), 'reasoning_tokens');
  return {
    inputTokens: input ?? 0,
    outputTokens: withReasoning(value, input ?? 0, output ?? 0, reasoning),
    cachedInputTokens:
      countIn(valueIn(value, 'prompt_tokens_details'), 'cached_tokens') ??
      countIn(valueIn(value, 'input_tokens_details'), 'cached_tokens') ??
      countIn(value, 'prompt_cache_hit_tokens'),
    reasoningTokens: reasoning,
    source: 'measured',
  };
}

/** Some count reasoning beside the completion, not in it: their own total says so. */
function withReasoning(
  usage: unknown,
  input: number,
  output: number,
  reasoning: number | undefined,
): number {
  if (!reasoning) return output;
  const isBeside = countIn(usage, 'total_tokens') === input + output + reasoning;
  return isBeside ? output + reasoning : output;
}

function valueIn(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

function countIn(value: unknown, key: string): number | undefined {
  const count = valueIn(value, key);
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
