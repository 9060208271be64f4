// Turns into messages, by the provider's rules: user and assistant take turns (neighbours of one
// role are one message), results of tools come first in the message after the calls, a thought
// stands before the calls that it led to, no message is empty.
import type { Ask, Json, JsonObject } from '../canon/canon.ts';
import { isObject } from '../canon/exact.ts';
import { isBlank, type Out, ownExtra, textBlock, turnBlocks, typeOf } from './write-parts.ts';

type Role = 'user' | 'assistant' | 'system';
type Message = { readonly role: Role; readonly blocks: Json[]; extra: JsonObject };

export type Conversation = {
  readonly system: Json | undefined;
  readonly messages: readonly Json[];
};

export function writeConversation(ask: Ask, out: Out): Conversation {
  const system: Json[] = [];
  const messages: Message[] = [];
  const instruct = (parts: Ask['system']): void => {
    for (const part of parts) {
      if (part.kind !== 'text') out.dropped.add(`system.${part.kind}`);
      else if (!isBlank(part)) system.push(textBlock(part, out));
    }
  };
  instruct(ask.system);
  for (const turn of ask.turns) {
    if (turn.name !== undefined) out.dropped.add('turn.name');
    // Only the newest models take instructions in between; above they lose their place alone.
    if (turn.role === 'system' && out.quirks.systemRole !== 'system') {
      out.dropped.add('turn.system');
      instruct(turn.parts);
      continue;
    }
    const role: Role = turn.role === 'tool' ? 'user' : turn.role;
    const last = messages.at(-1);
    const blocks = turnBlocks(turn, out);
    const extra = ownExtra(turn.extra, out);
    if (last?.role === role) {
      last.blocks.push(...blocks);
      last.extra = { ...last.extra, ...extra };
    } else if (blocks.length > 0) messages.push({ role, blocks: [...blocks], extra });
  }
  return { system: contentOf(system), messages: messages.map((one) => messageOf(one, out)) };
}

function messageOf({ role, blocks, extra }: Message, out: Out): Json {
  const said = withoutBlank(blocks, out);
  return { role, content: contentOf(ordered(role, said)) ?? '', ...extra };
}

/** Blank text is refused, and models leave it before their calls; alone it stays. */
function withoutBlank(blocks: readonly Json[], { dropped }: Out): readonly Json[] {
  if (!blocks.some(isBlankBlock)) return blocks;
  const said = blocks.filter((block) => !isBlankBlock(block));
  if (said.length === 0) return blocks;
  dropped.add('part.text.blank');
  return said;
}

function isBlankBlock(block: Json): boolean {
  if (!isObject(block) || block['type'] !== 'text') return false;
  const { text } = block;
  return typeof text === 'string' && isBlank({ text });
}

const isThought = (block: Json): boolean => /^(?:redacted_)?thinking$/.test(typeOf(block) ?? '');

function ordered(role: Role, blocks: readonly Json[]): readonly Json[] {
  if (role === 'user') {
    const results = blocks.filter((block) => typeOf(block) === 'tool_result');
    if (results.length === 0) return blocks;
    return [...results, ...blocks.filter((block) => typeOf(block) !== 'tool_result')];
  }
  const firstCall = blocks.findIndex((block) => typeOf(block) === 'tool_use');
  if (firstCall < 0) return blocks;
  const after = blocks.slice(firstCall);
  if (!after.some(isThought)) return blocks;
  const others = after.filter((block) => !isThought(block));
  return [...blocks.slice(0, firstCall), ...after.filter(isThought), ...others];
}

/** One plain text is written as such. */
function contentOf(blocks: readonly Json[]): Json | undefined {
  const only = blocks[0];
  if (only === undefined) return undefined;
  const isPlain = blocks.length === 1 && isObject(only) && Object.keys(only).length === 2;
  const text = isPlain && only['type'] === 'text' ? only['text'] : undefined;
  return typeof text === 'string' ? text : blocks;
}
