// What is left out of a conversation that is longer than the model's context: the oldest of what
// was said, and nothing that the answer hangs on. Instructions stay, whoever gave them: those above
// the conversation and within it, and the last words of the user. A call of a tool goes with its
// results or stays with them, and one that the model has not answered to yet stays.
import type { Ask, Part, Turn } from '../canon/canon.ts';

/** Counted with three characters to a token: small models cut words finer than the usual four. */
const CHARACTERS_PER_TOKEN = 3;
/** Of a medium: nobody here knows what it takes. */
const MEDIUM_CHARACTERS = 3_000;
/** What the format itself takes of a turn. */
const TURN_CHARACTERS = 24;
/** Kept for the answer where the caller sets no bound, as far as the context allows. */
const ANSWER_TOKENS = 1_024;
const ANSWER_SHARE_MAX = 0.25;

/** Turns that stay or go together. */
type Group = { readonly turns: readonly Turn[]; readonly characters: number; isKept: boolean };

/** `left`: turns that were left out. */
export function trimmed(ask: Ask, contextTokens: number): { ask: Ask; left: number } {
  const answer = Math.min(
    ask.outputTokensMax ?? ANSWER_TOKENS,
    Math.floor(contextTokens * ANSWER_SHARE_MAX),
  );
  const room = (contextTokens - answer) * CHARACTERS_PER_TOKEN;
  const groups = grouped(ask.turns);
  const beside =
    lengthOf(ask.system) + (ask.tools.length === 0 ? 0 : JSON.stringify(ask.tools).length);
  let length = groups.reduce((sum, { characters }) => sum + characters, beside);
  if (length <= room) return { ask, left: 0 };
  const kept: Group[] = [];
  for (const group of groups) {
    // An answer whose question has gone says nothing, and formats want the user to begin.
    const isOrphan = kept.every(({ turns }) => turns[0]?.role === 'system') && isAnswer(group);
    if (!group.isKept && (length > room || isOrphan)) length -= group.characters;
    else kept.push(group);
  }
  const turns = kept.flatMap((group) => group.turns);
  return { ask: { ...ask, turns }, left: ask.turns.length - turns.length };
}

const isAnswer = ({ turns }: Group): boolean => turns[0]?.role === 'assistant';

function grouped(turns: readonly Turn[]): readonly Group[] {
  const lists: Turn[][] = [];
  for (const turn of turns) {
    const before = lists.at(-1);
    if (before !== undefined && isOfCalls(turn) && hasCalls(before)) before.push(turn);
    else lists.push([turn]);
  }
  const instruction = lists.findLastIndex(([turn]) => turn?.role === 'user');
  return lists.map((list, at) => ({
    turns: list,
    characters: list.reduce((sum, { parts }) => sum + TURN_CHARACTERS + lengthOf(parts), 0),
    // The last stays whatever it is: what is asked now, or a call that waits for its answer.
    isKept: at === instruction || at === lists.length - 1 || list[0]?.role === 'system',
  }));
}

/** Results, and as text of the user what stands for them where tools are prompted. */
const isOfCalls = ({ role, parts }: Turn): boolean =>
  role === 'tool' ||
  parts.some((part) => part.kind === 'result' || isTold(part, '<tool_response>'));

const hasCalls = ([first]: readonly Turn[]): boolean =>
  first?.parts.some((part) => part.kind === 'call' || isTold(part, '<tool_call>')) === true;

const isTold = (part: Part, tag: string): boolean =>
  part.kind === 'text' && part.text.startsWith(tag);

const lengthOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + charactersOf(part), 0);

function charactersOf(part: Part): number {
  switch (part.kind) {
    case 'text':
      return part.text.length;
    case 'thought':
      return part.text.length + (part.sealed?.length ?? 0);
    case 'call':
      return part.name.length + part.arguments.length;
    case 'result':
      return lengthOf(part.parts);
    case 'media':
      return MEDIUM_CHARACTERS;
    case 'opaque':
      return JSON.stringify(part.value).length;
  }
}
