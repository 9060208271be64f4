// `[[sim: unsure,latency-first=300]]` in a prompt is a script for that one request, so that a
// person with nothing but a prompt can try the sim's moods. The directive is taken out before the
// prompt is answered; it still counts as prompt tokens, since it was sent.
import type { Ask, Turn } from './ask.ts';
import type { Result } from './problem.ts';
import { accept } from './problem.ts';
import type { Script } from './script.ts';
import { merged, parseScript } from './script.ts';

const opening = '[[sim:';
const closing = ']]';
const directivesMax = 8;

export type Directed = { readonly ask: Ask; readonly script: Script };

/** The ask without the last user message's directives, and what they said. */
export function directed(ask: Ask, script: Script): Result<Directed> {
  const at = ask.turns.findLastIndex((turn) => turn.role === 'user');
  const turn = ask.turns[at];
  if (!turn?.text.includes(opening)) return accept({ ask, script });
  let text = turn.text;
  let said = script;
  for (let count = 0; count < directivesMax; count += 1) {
    const from = text.indexOf(opening);
    const to = from < 0 ? -1 : text.indexOf(closing, from);
    if (to < 0) break;
    const parsed = parseScript(text.slice(from + opening.length, to));
    if (!parsed.ok) return parsed;
    said = merged(said, parsed.value);
    text = `${text.slice(0, from).trimEnd()} ${text.slice(to + closing.length).trimStart()}`.trim();
  }
  const turns: Turn[] = ask.turns.with(at, { ...turn, text });
  return accept({ ask: { ...ask, turns }, script: said });
}
