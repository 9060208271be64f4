// How one model wants to be asked, where that is not as its wire format says: a template that knows
// no system role, a model that never learnt the tools of its server, one that answers in JSON only
// when it reads so, a context that is shorter than the conversation. The request is said again in
// its manner; of a model without a word about its manners no byte is touched.
import type { Ask, Part, Text } from '../canon/canon.ts';
import { withCallsInText } from './tools.ts';
import { trimmed } from './trim.ts';

export type Manners = {
  /** `user`: instructions stand before the first words of the user. `developer`: in that role. */
  readonly system: 'native' | 'user' | 'developer';
  /** `prompted`: tools stand in the instructions, and calls in the text of the answer. */
  readonly tools: 'native' | 'prompted';
  /** `prompted`: the schema stands in the instructions; `hinted`: there, too. */
  readonly format: 'native' | 'hinted' | 'prompted';
  /** The oldest turns are left out where the rest does not fit. */
  readonly trim: boolean;
};

export type Mannered = {
  readonly ask: Ask;
  /** What was said otherwise: `system=user`, `turns=-4`. Empty: nothing was. */
  readonly changed: readonly string[];
};

/** Between texts that become one. */
const GAP = '\n\n';

/** @param contextTokens of the model; undefined: not known, and nothing is left out. */
export function mannered(ask: Ask, manners: Manners, contextTokens: number | undefined): Mannered {
  const changed: string[] = [];
  let said = ask;
  if (manners.tools === 'prompted') {
    const told = withCallsInText(said);
    if (told !== said) changed.push('tools=prompted');
    said = told;
  }
  if (manners.format !== 'native') {
    const hinted = withFormatInText(said, manners.format === 'prompted');
    if (hinted !== said) changed.push(`format=${manners.format}`);
    said = hinted;
  }
  if (manners.trim && contextTokens !== undefined) {
    const { ask: fitting, left } = trimmed(said, contextTokens);
    if (left > 0) changed.push(`turns=-${left}`);
    said = fitting;
  }
  if (manners.system === 'user') {
    const merged = withoutSystem(said);
    if (merged !== said) changed.push('system=user');
    said = merged;
  }
  // The role itself is written by the wire format.
  if (manners.system === 'developer' && hasSystem(said)) changed.push('system=developer');
  return { ask: said, changed };
}

const hasSystem = ({ system, turns }: Ask): boolean =>
  system.length > 0 || turns.some(({ role }) => role === 'system');

const textOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');

/** @param alone the server's own way is not asked for. */
function withFormatInText(ask: Ask, alone: boolean): Ask {
  const { format } = ask;
  if (format?.kind !== 'json' && format?.kind !== 'schema') return ask;
  const wish = 'Answer with JSON and nothing else: no words around it, no code fence.';
  const text =
    format.kind === 'json'
      ? wish
      : `${wish} It conforms to this JSON Schema:\n${JSON.stringify(format.schema)}`;
  const { format: _format, ...rest } = ask;
  return { ...(alone ? rest : ask), system: [...ask.system, { kind: 'text', text }] };
}

/**
 * Instructions of any role become words of the user: those above the conversation before its first
 * words, those within it where they stand. Two turns of the user in a row become one, since
 * templates without a system role want the speakers to take turns.
 */
function withoutSystem(ask: Ask): Ask {
  if (!hasSystem(ask)) return ask;
  const turns: Ask['turns'][number][] = [];
  const above = textOf(ask.system);
  if (above !== '') turns.push({ role: 'user', parts: [{ kind: 'text', text: above }] });
  // What is no text cannot be an instruction; it stays what it is.
  const media = ask.system.filter(({ kind }) => kind !== 'text');
  if (media.length > 0) turns.push({ role: 'user', parts: media });
  for (const turn of ask.turns) {
    const said = turn.role === 'system' ? { ...turn, role: 'user' as const } : turn;
    const before = turns.at(-1);
    const isJoined = before?.role === 'user' && said.role === 'user';
    if (isJoined) turns[turns.length - 1] = { ...said, parts: joined(before.parts, said.parts) };
    else turns.push(said);
  }
  return { ...ask, system: [], turns };
}

function joined(before: readonly Part[], after: readonly Part[]): readonly Part[] {
  const [last, first] = [before.at(-1), after[0]];
  if (last?.kind !== 'text' || first?.kind !== 'text') return [...before, ...after];
  const text: Text = { ...first, text: `${last.text}${GAP}${first.text}` };
  return [...before.slice(0, -1), text, ...after.slice(1)];
}
