// From an Ask to an Answer: the text or the tool calls of every choice, cut as the request demands,
// with its tokens counted. Pure: the clock's reading is an argument.
import type { Ask } from './ask.ts';
import { digestText, lastUserText } from './ask.ts';
import type { PlannedCall } from './compose/call.ts';
import { planCalls } from './compose/call.ts';
import { compose } from './compose/compose.ts';
import type { Skill } from './compose/difficulty.ts';
import { skillFor } from './compose/difficulty.ts';
import { fillerTokens } from './compose/filler.ts';
import { jsonAnswer } from './compose/json-answer.ts';
import { drawsFrom, hashOf, idFrom } from './hash.ts';
import type { TokenLogprob } from './logprobs.ts';
import { logprobsOf } from './logprobs.ts';
import type { SimModel } from './models.ts';
import type { Script } from './script.ts';
import { tokenCount, tokensOf } from './tokens.ts';

export type ToolCall = { readonly id: string; readonly name: string; readonly input: string };

export type Choice = {
  readonly index: number;
  /** The text in tokens; joined they are the text. */
  readonly tokens: readonly string[];
  readonly calls: readonly ToolCall[];
  /** `stop`, `length`, `tool_calls`, or what the script says. */
  readonly finish: string;
  /** One entry a token when the request asked for them. */
  readonly logprobs: readonly TokenLogprob[] | undefined;
};

export type Usage = {
  readonly prompt: number;
  readonly cached: number;
  /** Reasoning included. */
  readonly completion: number;
  readonly reasoning: number;
};

export type Answer = {
  /** What the answer was drawn from; identifiers come from it too. */
  readonly hash: number;
  /** The model that the answer claims. */
  readonly model: string;
  readonly createdS: number;
  readonly choices: readonly Choice[];
  readonly usage: Usage;
  readonly usageShown: 'asked' | 'none' | 'every-chunk';
};

export type Scene = {
  readonly model: SimModel;
  readonly script: Script;
  readonly seed: number;
  readonly nowMs: number;
};

const tokensPerTurn = 4;
const tokensPerTool = 12;
const callIdLength = 24;

/** The answer; `prompt` is the prompt's length in tokens as it was sent, directives included. */
export function answer(ask: Ask, prompt: number, scene: Scene): Answer {
  const hash = hashOf(digestText(ask), scene.seed);
  const skill = skillFor(scene.model, lastUserText(ask), scene.script);
  const choices: Choice[] = [];
  for (let index = 0; index < ask.choices; index += 1) {
    choices.push(choose(ask, index, hash + index, skill, scene.script));
  }
  const reasoning = scene.script.reasoningTokens ?? 0;
  const completion = reasoning + choices.reduce((sum, choice) => sum + tokensSpent(choice), 0);
  const cached = Math.min(prompt, scene.script.cachedTokens ?? 0);
  return {
    hash,
    model: scene.script.model ?? scene.model.id,
    createdS: Math.floor(scene.nowMs / 1000),
    choices,
    usage: { prompt, cached, completion, reasoning },
    usageShown: scene.script.usage ?? 'asked',
  };
}

export function promptTokens(ask: Ask): number {
  let count = 3;
  for (const turn of ask.turns) count += tokensPerTurn + tokenCount(turn.text);
  for (const tool of ask.tools) count += tokensPerTool + tokenCount(tool.description);
  return count;
}

function choose(ask: Ask, index: number, hash: number, skill: Skill, script: Script): Choice {
  const draw = drawsFrom(hash);
  const calls = callsFor(ask, skill, script, draw);
  if (calls.length > 0 && ask.callsInText) {
    const { tokens, finish } = cut(tokensOf(calls.map(callInText).join('\n')), ask);
    return { index, tokens, calls: [], finish: script.finish ?? finish, logprobs: undefined };
  }
  if (calls.length > 0) {
    const named = calls.map((call, at) => ({
      id: `call_${idFrom(hash + 7_919 * (at + 1), callIdLength)}`,
      ...call,
    }));
    const finish = script.finish ?? 'tool_calls';
    return { index, tokens: [], calls: named, finish, logprobs: undefined };
  }
  const { tokens, finish } = cut(tokensFor(ask, skill, script, draw), ask);
  const logprobs =
    ask.logprobs === undefined ? undefined : logprobsOf(tokens, skill.sure, hash, ask.logprobs);
  return { index, tokens, calls: [], finish: script.finish ?? finish, logprobs };
}

const callInText = ({ name, input }: PlannedCall): string =>
  `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": ${input}}\n</tool_call>`;

function callsFor(ask: Ask, skill: Skill, script: Script, draw: () => number): PlannedCall[] {
  if (script.text !== undefined || script.tokens !== undefined) return [];
  const { call: name, args } = script;
  // A tool that nobody offered can be called too: models do.
  const forced =
    name === undefined ? ask : { ...ask, toolChoice: { kind: 'named', name } as const };
  const planned = planCalls(forced, skill, draw);
  const calls = name !== undefined && planned.length === 0 ? [{ name, input: '{}' }] : planned;
  return args === undefined ? calls : calls.map((call) => ({ ...call, input: args }));
}

function tokensFor(ask: Ask, skill: Skill, script: Script, draw: () => number): string[] {
  if (script.text !== undefined) return tokensOf(script.text);
  if (script.tokens !== undefined) return fillerTokens(script.tokens, draw);
  const plain = compose(ask, skill, draw);
  if (ask.format.kind === 'text') return tokensOf(plain);
  return tokensOf(jsonAnswer(ask.format, lastUserText(ask), plain, skill, draw));
}

function tokensSpent(choice: Choice): number {
  let count = choice.tokens.length;
  for (const call of choice.calls) count += tokenCount(call.name) + tokenCount(call.input);
  return count;
}

/** Up to the first stop sequence, and no more tokens than allowed. */
function cut(tokens: string[], ask: Ask): { tokens: string[]; finish: string } {
  const stopped = ask.stop.length > 0 ? beforeStop(tokens, ask.stop) : tokens;
  const most = ask.tokensMax ?? Number.POSITIVE_INFINITY;
  if (stopped.length <= most) return { tokens: stopped, finish: 'stop' };
  return { tokens: stopped.slice(0, most), finish: 'length' };
}

function beforeStop(tokens: string[], stops: readonly string[]): string[] {
  const text = tokens.join('');
  const ends = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return ends.length === 0 ? tokens : tokensOf(text.slice(0, Math.min(...ends)));
}
