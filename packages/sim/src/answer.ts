// From an Ask to an Answer: the text or the tool calls of every choice, cut as the request demands,
// with its tokens counted. Pure: the clock's reading is an argument.
import type { Ask } from './ask.ts';
import { digestText, lastUserText } from './ask.ts';
import { compose } from './compose/compose.ts';
import { skillFor } from './compose/difficulty.ts';
import { drawsFrom, hashOf } from './hash.ts';
import type { SimModel } from './models.ts';
import type { Script } from './script.ts';
import { tokenCount, tokensOf } from './tokens.ts';

export type Finish = 'stop' | 'length' | 'tool_calls';

export type ToolCall = { readonly id: string; readonly name: string; readonly input: string };

export type Choice = {
  readonly index: number;
  /** The text in tokens; joined they are the text. */
  readonly tokens: readonly string[];
  readonly calls: readonly ToolCall[];
  readonly finish: Finish;
  readonly sure: boolean;
  readonly hash: number;
};

export type Usage = { readonly prompt: number; readonly completion: number };

export type Answer = {
  readonly hash: number;
  readonly model: string;
  readonly createdS: number;
  readonly choices: readonly Choice[];
  readonly usage: Usage;
};

export type Scene = {
  readonly model: SimModel;
  readonly script: Script;
  readonly seed: number;
  readonly nowMs: number;
};

const tokensPerTurn = 4;
const tokensPerTool = 12;

export function answer(ask: Ask, scene: Scene): Answer {
  const hash = hashOf(digestText(ask), scene.seed);
  const skill = skillFor(scene.model, lastUserText(ask), scene.script);
  const choices: Choice[] = [];
  for (let index = 0; index < ask.choices; index += 1) {
    const choiceHash = hash + index;
    const text = compose(ask, skill, drawsFrom(choiceHash));
    const cut = cutText(text, ask);
    choices.push({ index, calls: [], sure: skill.sure, hash: choiceHash, ...cut });
  }
  const completion = choices.reduce((sum, choice) => sum + tokensSpent(choice), 0);
  const usage = { prompt: promptTokens(ask), completion };
  const createdS = Math.floor(scene.nowMs / 1000);
  return { hash, model: scene.model.id, createdS, choices, usage };
}

export function promptTokens(ask: Ask): number {
  let count = 3;
  for (const turn of ask.turns) count += tokensPerTurn + tokenCount(turn.text);
  for (const tool of ask.tools) count += tokensPerTool + tokenCount(tool.description);
  return count;
}

function tokensSpent(choice: Choice): number {
  let count = choice.tokens.length;
  for (const call of choice.calls) count += tokenCount(call.name) + tokenCount(call.input);
  return count;
}

function cutText(text: string, ask: Ask): { tokens: string[]; finish: Finish } {
  let end = text.length;
  for (const stop of ask.stop) {
    const at = text.indexOf(stop);
    if (at >= 0 && at < end) end = at;
  }
  const tokens = tokensOf(text.slice(0, end));
  if (ask.tokensMax === undefined || tokens.length <= ask.tokensMax) {
    return { tokens, finish: 'stop' };
  }
  return { tokens: tokens.slice(0, ask.tokensMax), finish: 'length' };
}
