// Decides whether an answer is a tool call, which tools, and with what arguments.
import type { Ask, Tool } from '../ask.ts';
import { lastUserText } from '../ask.ts';
import { resultsSince } from './compose.ts';
import type { Skill } from './difficulty.ts';
import type { Facts } from './facts.ts';
import { factsIn } from './facts.ts';
import { fillSchema } from './schema.ts';
import { stem, stemsOf, wordsOfName } from './words.ts';

export type PlannedCall = { readonly name: string; readonly input: string };

const callsMax = 4;
const nameScore = 3;
/** A hit in the name, or two words of the description. */
const scoreMin = 2;
const vague = new Set(
  (
    'get set list find search look lookup create make run call use tool function the for with ' +
    'given current and from into this that about information return data value new user when which'
  )
    .split(' ')
    .map(stem),
);

/** The calls that the answer consists of; none when it is a text. */
export function planCalls(ask: Ask, skill: Skill, draw: () => number): PlannedCall[] {
  const prompt = lastUserText(ask);
  const chosen = toolsFor(ask, prompt);
  if (chosen.length === 0) return [];
  const facts = factsIn(prompt);
  const [only] = chosen;
  const copies = chosen.length === 1 && only && ask.parallel ? repeatsOf(only, facts) : 1;
  const planned: PlannedCall[] = [];
  for (const tool of chosen.slice(0, ask.parallel ? callsMax : 1)) {
    for (let nth = 0; nth < copies; nth += 1) {
      const source = { prompt, facts, plain: '', skill, draw, nth };
      const input = tool.parameters ? fillSchema(tool.parameters, source) : {};
      planned.push({ name: tool.name, input: JSON.stringify(input) });
    }
  }
  return planned;
}

function toolsFor(ask: Ask, prompt: string): readonly Tool[] {
  const { toolChoice: choice, tools } = ask;
  if (choice.kind === 'none' || tools.length === 0) return [];
  if (choice.kind === 'named') return tools.filter((tool) => tool.name === choice.name).slice(0, 1);
  const stems = stemsOf(prompt.slice(0, 8_000));
  const scored = tools.map((tool) => ({ tool, score: scoreOf(tool, stems) }));
  scored.sort((one, other) => other.score - one.score);
  const fitting = scored.filter(({ score }) => score >= scoreMin);
  if (choice.kind === 'required') {
    const best = fitting.length > 0 ? fitting : scored.slice(0, 1);
    return best
      .filter(({ score }) => score >= nameScore || score === best[0]?.score)
      .map(({ tool }) => tool);
  }
  if (resultsSince(ask).length > 0) return [];
  const top = fitting[0]?.score ?? 0;
  // Beside the best one, only tools that the prompt names in their own words.
  return fitting.filter(({ score }) => score === top || score >= nameScore).map(({ tool }) => tool);
}

function scoreOf(tool: Tool, stems: ReadonlySet<string>): number {
  const named = new Set(wordsOfName(tool.name).map(stem));
  let score = 0;
  for (const word of named) if (!vague.has(word) && stems.has(word)) score += nameScore;
  for (const word of stemsOf(tool.description)) {
    if (!vague.has(word) && !named.has(word) && stems.has(word)) score += 1;
  }
  return score;
}

/** One call for each place when the tool asks for one and the prompt names several. */
function repeatsOf(tool: Tool, facts: Facts): number {
  const input = JSON.stringify(tool.parameters ?? {});
  const plural = /"type":"array"/.test(input);
  if (plural || !/"(location|city|place|destination|town)"/i.test(input)) return 1;
  return Math.min(callsMax, Math.max(1, facts.places.length));
}
