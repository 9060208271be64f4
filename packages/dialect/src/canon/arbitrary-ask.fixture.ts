// Asks to draw from; see `arbitrary.fixture.ts` for the normal form that they are in.
import fc from 'fast-check';
import {
  type AnswerTraits,
  answerParts,
  identifier,
  type MediaTraits,
  media,
  words,
} from './arbitrary.fixture.ts';
import type {
  Ask,
  Format,
  Json,
  Part,
  Reasoning,
  Tool,
  ToolCall,
  ToolChoice,
  ToolResult,
  Turn,
} from './canon.ts';

type Draw<T> = fc.Arbitrary<T>;

export type AskTraits = {
  /** Optional fields of `Ask` that may be said. Default: all. */
  readonly fields?: readonly AskField[];
  /** Default: text, json, schema. */
  readonly formats?: readonly Format['kind'][];
  /** A schema's name, description and strictness are said. Default: yes. */
  readonly schemaNamed?: boolean;
  /** Default: an effort alone. */
  readonly reasoning?: Draw<Reasoning>;
  /** Default: all. */
  readonly toolChoices?: readonly ToolChoice['kind'][];
  readonly strictTools?: boolean;
  /** Parts of `system`, at most. Default 1. */
  readonly systemMax?: number;
  readonly systemTurns?: boolean;
  /** Beside text, in the turns of users and in the results of tools. Default: none. */
  readonly userMedia?: MediaTraits;
  readonly resultMedia?: MediaTraits;
  /** Results tell their tool's name again. */
  readonly resultNames?: boolean;
  readonly failedResults?: boolean;
  /** Turns with more than one text part: the wire keeps them apart. */
  readonly manyTexts?: boolean;
  /** Of the assistant's turns. */
  readonly assistant?: AnswerTraits;
  /** Undefined: drawn for streams, else false. Dialects that always tell usage: true. */
  readonly usageWanted?: boolean;
};

const ratio: Draw<number> = fc.nat({ max: 100 }).map((n) => n / 100);
const penalty: Draw<number> = fc.integer({ min: -200, max: 200 }).map((n) => n / 100);
const schema: Draw<Json> = fc
  .tuple(identifier, fc.constantFrom('string', 'number', 'boolean'))
  .map(([name, type]) => ({
    type: 'object',
    properties: { [name]: { type } },
    required: [name],
    additionalProperties: false,
  }));

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export const effort: Draw<Reasoning> = fc.constantFrom(...EFFORTS).map((one) => ({ effort: one }));

function format(traits: AskTraits): Draw<Format> {
  const { formats = ['text', 'json', 'schema'], schemaNamed = true } = traits;
  return fc
    .record({ kind: fc.constantFrom(...formats), schema, word: identifier, strict: fc.boolean() })
    .map(({ kind, schema: drawn, word, strict }): Format => {
      switch (kind) {
        case 'text':
        case 'json':
          return { kind };
        case 'schema':
          return schemaNamed
            ? { kind, schema: drawn, name: word, description: `A ${word}.`, strict }
            : { kind, schema: drawn };
        case 'grammar':
          return { kind, grammar: `root ::= "${word}"` };
        case 'regex':
          return { kind, pattern: `^${word}+$` };
        case 'choice':
          break;
      }
      return { kind, choices: [word, `no ${word}`] };
    });
}

function tools(traits: AskTraits): Draw<readonly Tool[]> {
  const one = fc
    .record({
      name: identifier,
      description: fc.option(words),
      parameters: fc.option(schema),
      strict: traits.strictTools ? fc.option(fc.boolean()) : fc.constant(null),
    })
    .map(
      ({ name, description, parameters, strict }): Tool => ({
        kind: 'function',
        name,
        ...(description === null ? {} : { description }),
        ...(parameters === null ? {} : { parameters }),
        ...(strict === null ? {} : { strict }),
      }),
    );
  return fc.uniqueArray(one, { selector: ({ name }) => name, minLength: 1, maxLength: 3 });
}

function toolChoice(traits: AskTraits, offered: readonly Tool[]): Draw<ToolChoice> {
  const { toolChoices = ['auto', 'none', 'any', 'tool'] } = traits;
  const name = offered[0]?.name ?? 'none';
  return fc
    .constantFrom(...toolChoices)
    .map((kind) => (kind === 'tool' ? { kind, name } : { kind }));
}

const text: Draw<Part> = words.map((one) => ({ kind: 'text', text: one }));

/** One part at least; where `many` is not said, texts do not stand side by side. */
function parts(of: MediaTraits | undefined, many = false): Draw<readonly Part[]> {
  const one = of === undefined ? text : fc.oneof({ weight: 3, arbitrary: text }, media(of));
  return fc
    .array(one, { minLength: 1, maxLength: 3 })
    .map((drawn) =>
      drawn.filter(
        ({ kind }, at) => many || kind !== 'text' || at === 0 || drawn[at - 1]?.kind !== 'text',
      ),
    );
}

/** What the user says, what the assistant answers, and the results of its calls. */
function exchange(traits: AskTraits): Draw<readonly Turn[]> {
  const { userMedia, resultMedia, manyTexts, resultNames = false, failedResults = false } = traits;
  return fc
    .record({
      system: traits.systemTurns ? fc.option(words) : fc.constant(null),
      asked: parts(userMedia, manyTexts),
      answered: answerParts({ ...traits.assistant }),
      results: fc.array(parts(resultMedia), { minLength: 5, maxLength: 5 }),
      failed: fc.boolean(),
    })
    .map(({ system, asked, answered, results, failed }) => {
      const turns: Turn[] = [{ role: 'user', parts: asked }];
      if (system !== null) turns.push({ role: 'system', parts: [{ kind: 'text', text: system }] });
      const said = answered as readonly Part[]; // traits of an assistant's turn allow no others
      if (said.length > 0) turns.push({ role: 'assistant', parts: said });
      const calls = said.filter((part): part is ToolCall => part.kind === 'call');
      const given = calls.map(
        ({ id, name }, at): ToolResult => ({
          kind: 'result',
          id,
          ...(resultNames ? { name } : {}),
          parts: results[at] ?? [],
          ...(failedResults && failed ? { failed } : {}),
        }),
      );
      if (given.length > 0) turns.push({ role: 'tool', parts: given });
      return turns;
    });
}

/** Calls of one conversation have different ids. */
function withDistinctCalls(turns: readonly Turn[]): readonly Turn[] {
  const seen = new Set<string>();
  for (const turn of turns) {
    for (const part of turn.parts) {
      if (part.kind !== 'call') continue;
      if (seen.has(part.id)) return turns.slice(0, 1);
      seen.add(part.id);
    }
  }
  return turns;
}

type Optional = Required<Omit<Ask, 'extra' | 'model' | 'stream' | 'usageWanted' | 'system'>>;
export type AskField = Exclude<keyof Optional, 'turns'>;
type Drawn = { readonly [F in Exclude<AskField, 'tools'>]: Draw<Optional[F]> };

function optional(traits: AskTraits, offered: readonly Tool[]): Drawn {
  return {
    toolChoice: toolChoice(traits, offered),
    parallelTools: fc.boolean(),
    outputTokensMax: fc.integer({ min: 1, max: 100_000 }),
    temperature: ratio,
    topP: ratio,
    topK: fc.integer({ min: 1, max: 500 }),
    minP: ratio,
    seed: fc.nat(),
    stop: fc.array(words, { minLength: 1, maxLength: 4 }),
    frequencyPenalty: penalty,
    presencePenalty: penalty,
    answers: fc.integer({ min: 2, max: 4 }),
    logprobs: fc.nat({ max: 20 }),
    format: format(traits),
    reasoning: traits.reasoning ?? effort,
    user: identifier,
  };
}

const TOOL_FIELDS = new Set(['toolChoice', 'parallelTools']);

export function asks(traits: AskTraits = {}): Draw<Ask> {
  const { fields, systemMax = 1 } = traits;
  const may = (field: AskField): boolean => fields === undefined || fields.includes(field);
  const offer = may('tools')
    ? fc.oneof(tools(traits), fc.constant<readonly Tool[]>([]))
    : fc.constant<readonly Tool[]>([]);
  return offer.chain((offered) => {
    const allowed = Object.entries(optional(traits, offered)).filter(
      ([field]) => may(field as AskField) && (offered.length > 0 || !TOOL_FIELDS.has(field)),
    );
    const said = fc.record(Object.fromEntries(allowed), { requiredKeys: [] });
    const told = traits.usageWanted;
    const fixed = fc.record({
      model: identifier,
      stream: fc.boolean(),
      usageWanted: fc.boolean(),
      system: fc.array(text, { maxLength: systemMax }),
      turns: fc
        .array(exchange(traits), { minLength: 1, maxLength: 2 })
        .map((some) => withDistinctCalls(some.flat())),
    });
    return fc.tuple(fixed, said).map(
      ([one, more]): Ask => ({
        ...one,
        usageWanted: told ?? (one.stream && one.usageWanted),
        tools: offered,
        ...(more as Partial<Ask>),
      }),
    ); // its optional fields
  });
}
