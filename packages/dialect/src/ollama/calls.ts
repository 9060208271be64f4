// Calls of tools in a message: their arguments are an object, and older servers give no ids. What
// is no object (a model that was cut off) must not look like a call that can be run: it stands
// apart, in `invalid_tool_calls`, which this dialect's clients do not read.
import type { Json, JsonObject, ToolCall } from '../canon/canon.ts';
import { isObject, listIn, member, textIn, tryParse } from '../canon/exact.ts';

export type ReadCall = Omit<ToolCall, 'id' | 'kind' | 'extra'> & {
  readonly id: string | undefined;
};

/** The calls that a message or a chunk of one holds. */
export function readCalls(message: Json | undefined): readonly ReadCall[] {
  const calls: ReadCall[] = [];
  for (const value of listIn(message, 'tool_calls') ?? []) {
    const called = member(value, 'function');
    const given = member(called, 'arguments') ?? {};
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    addCall(value, { name: textIn(called, 'name'), arguments: text }, calls);
  }
  for (const value of listIn(message, 'invalid_tool_calls') ?? []) {
    const text = textIn(value, 'arguments') ?? '';
    addCall(value, { name: textIn(value, 'name'), arguments: text }, calls);
  }
  return calls;
}

type Called = { readonly name: string | undefined; readonly arguments: string };

/** What has no name is no call. */
function addCall(value: Json, { name, arguments: text }: Called, calls: ReadCall[]): void {
  if (name === undefined) return;
  calls.push({ id: textIn(value, 'id') || undefined, name, arguments: text, ...signed(value) });
}

function signed(value: Json): { readonly signature?: string } {
  const signature = textIn(member(member(value, 'extra_content'), 'google'), 'thought_signature');
  return signature === undefined ? {} : { signature };
}

type WrittenCall = Pick<ToolCall, 'id' | 'name' | 'arguments' | 'signature'>;

/** The fields of a message that hold `calls`. */
export function writeCalls(calls: readonly WrittenCall[]): JsonObject {
  const whole: JsonObject[] = [];
  const broken: JsonObject[] = [];
  for (const { id, name, arguments: text, signature } of calls) {
    const given = text === '' ? {} : tryParse(text);
    const more =
      signature === undefined
        ? {}
        : { extra_content: { google: { thought_signature: signature } } };
    if (!isObject(given)) broken.push({ id, name, arguments: text, ...more });
    else {
      whole.push({ id, function: { index: whole.length, name, arguments: given }, ...more });
    }
  }
  return {
    ...(whole.length === 0 ? {} : { tool_calls: whole }),
    ...(broken.length === 0 ? {} : { invalid_tool_calls: broken }),
  };
}

/**
 * Ids for calls that came without: of one request by the place in it, of one answer by the time
 * that it tells (nanoseconds), so that a conversation does not hold one id twice.
 */
export function idMaker(told: string): (index: number) => string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < told.length; i += 1) {
    hash = Math.imul(hash ^ told.charCodeAt(i), 0x01000193) >>> 0;
  }
  const stem = `call_${hash.toString(36)}`;
  return (index) => `${stem}_${index}`;
}
