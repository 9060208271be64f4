// What an ask and an answer say, as facts with names, so that what became of each on a way through
// another format can be told. Names are those of `Dropped`.
import { type Answer, type Ask, isObject, type Json, type Part } from '@signalbox/dialect';
import { written } from './comparing.ts';

/** By name; the value is JSON text. */
export type Facts = ReadonlyMap<string, string>;

type Piece = Part | { readonly kind: 'refusal'; readonly text: string };

const SCALARS = [
  ...(['outputTokensMax', 'temperature', 'topP', 'topK', 'minP', 'seed', 'stop'] as const),
  ...(['frequencyPenalty', 'presencePenalty', 'answers', 'logprobs', 'user'] as const),
] as const;

export function factsOfAsk(ask: Ask): Facts {
  const facts = new Map<string, string>();
  const put = (name: string, value: unknown): void => {
    if (value !== undefined) facts.set(name, sorted(value));
  };
  put('stream', ask.stream);
  for (const name of SCALARS) put(name, ask[name]);
  // All of the distribution is what is taken from where nobody says.
  if (ask.topP === 1) facts.delete('topP');
  put('format', formOf(ask));
  if (ask.parallelTools === false) put('parallelTools', false);
  put('reasoning.effort', ask.reasoning?.effort);
  put('reasoning.tokensMax', ask.reasoning?.tokensMax);
  putTools(put, ask);
  const of = (...roles: readonly string[]): readonly Part[] =>
    ask.turns.flatMap(({ role, parts }) => (roles.includes(role) ? parts : []));
  putParts(put, 'assistant', of('assistant'));
  putParts(put, 'caller', of('user', 'tool', 'system'));
  // Where a format has instructions for the beginning alone, they stand there or in a user's words.
  const said = [...ask.system, ...of('system', 'user')].map((part) => textsOf([part]));
  put('caller text', said.join(' ').split(/\s+/).filter(Boolean).sort());
  return facts;
}

/** Tools that must not be called are none; that any may be called is said by saying nothing. */
function putTools(put: Put, ask: Ask): void {
  const isForbidden = ask.toolChoice?.kind === 'none';
  const tools = isForbidden ? [] : ask.tools.filter(({ kind }) => kind === 'function');
  put(
    'tools',
    tools.map(({ name, description = '' }) => [name, description]),
  );
  put(
    'tools.parameters',
    tools.map(({ parameters }) => describing(parameters)),
  );
  put(
    'tools.strict',
    tools.filter(({ strict }) => strict === true).map(({ name }) => name),
  );
  if (isForbidden || ask.toolChoice?.kind === 'auto') return;
  put('toolChoice', ask.toolChoice);
}

/** Any object at all is said in several ways, and some formats have one of them alone. */
function describing(parameters: Json | undefined): Json {
  const { type = 'object', properties = {}, ...rest } = isObject(parameters) ? parameters : {};
  const isBare = type === 'object' && isObject(properties) && Object.keys(properties).length === 0;
  return isBare && Object.keys(rest).length === 0 ? null : (parameters ?? null);
}

/** A schema's name helps nobody but its own format, and a choice is a small grammar. */
function formOf({ format }: Ask): unknown {
  switch (format?.kind) {
    case 'schema':
      return { kind: 'schema', schema: format.schema };
    case 'choice': {
      const words = format.choices.map((one) => JSON.stringify(one));
      return { kind: 'grammar', grammar: `root ::= ${words.join(' | ')}` };
    }
    case 'text':
      return undefined;
    default:
      return format;
  }
}

export function factsOfAnswer(answer: Answer): Facts {
  const facts = new Map<string, string>();
  const put = (name: string, value: unknown): void => {
    if (value !== undefined) facts.set(name, sorted(value));
  };
  const { usage } = answer;
  put('usage', usage && [usage.inputTokens, usage.outputTokens]);
  put('answers', answer.answers.length);
  const [one] = answer.answers;
  // Some say that they ended where calls wait: the calls say more.
  const waits = one?.stop === 'end' && one.parts.some(({ kind }) => kind === 'call');
  put('reason', waits ? 'tools' : one?.stop);
  put('reason.sequence', one?.sequence);
  put(
    'logprobs',
    one?.logprobs.map(({ token, logprob }) => [token, logprob]),
  );
  putParts(put, 'answer', one?.parts ?? []);
  return facts;
}

type Put = (name: string, value: unknown) => void;

/** Texts by themselves, calls by themselves: formats differ in how they stand among each other. */
function putParts(put: Put, of: string, parts: readonly Piece[]): void {
  put(`${of} text`, textsOf(parts));
  put(`${of} part.refusal`, parts.filter(({ kind }) => kind === 'refusal').length);
  const calls = parts.flatMap((part) => (part.kind === 'call' ? [part] : []));
  put(
    `${of} calls`,
    calls.map((call) => [call.id, call.name, written(call.arguments)]),
  );
  put(
    `${of} call.signature`,
    calls.map(({ signature = null }) => signature),
  );
  // Where calls have no ids, results stand in their order.
  const results = parts
    .flatMap((part) => (part.kind === 'result' ? [part] : []))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  put(
    `${of} results`,
    results.map(({ id, parts: inner }) => [id, textsOf(inner)]),
  );
  put(
    `${of} result.failed`,
    results.map(({ failed = false }) => failed),
  );
  // Where results hold no media they stand beside them.
  const inner = results.flatMap((result) => result.parts);
  put(`${of} part.media`, [...parts, ...inner].flatMap(sourceOf));
  const thoughts = parts.flatMap((part) => (part.kind === 'thought' ? [part] : []));
  put(`${of} part.thought`, thoughts.map(({ text }) => text).join(''));
  const sealed = thoughts.flatMap((one) => one.signature ?? one.sealed ?? []);
  put(`${of} part.thought.signature`, sealed);
}

/** A refusal is a text too. */
const textsOf = (parts: readonly Piece[]): string =>
  parts
    .flatMap((part) => (part.kind === 'text' || part.kind === 'refusal' ? [part.text] : []))
    .join('');

/** JSON text whose keys are in order: formats write schemas anew. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** Some formats do not say of an address what stands there. */
const sourceOf = (part: Piece): readonly Json[] => (part.kind === 'media' ? [part.source] : []);

/** Names of facts that are others afterwards. */
export function changed(before: Facts, after: Facts): readonly string[] {
  return [...before].flatMap(([name, value]) => (after.get(name) === value ? [] : [name]));
}

/** These survive every way. */
const ALWAYS = / (text|calls|results)$|^(reason|usage|tools|stream)$/;

/** Changed without having been told: `name` or something above or below it must be in `dropped`. */
export function lost(names: readonly string[], dropped: ReadonlySet<string>): readonly string[] {
  return names.filter((name) => {
    if (ALWAYS.test(name)) return true;
    const bare = name.replace(/^\w+ /, '');
    return ![...dropped].some((one) => covers(one, bare));
  });
}

const MEDIA = /^part\.(image|audio|video|file)|^result\.media/;

function covers(dropped: string, name: string): boolean {
  if (name === 'part.media') return MEDIA.test(dropped);
  return name === dropped || name.startsWith(`${dropped}.`) || dropped.startsWith(`${name}.`);
}
