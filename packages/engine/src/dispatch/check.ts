// Does an answer hold what the policy asks of it? It is read in our words, whatever dialect it came
// in, so that one check serves all of them. Says which check failed, where, and by which keyword,
// in names that the schema itself holds: never a value, since this goes into records. What cannot
// be decided is said, and is no yes.
import type { Attempt } from '@signalbox/contract';
import type { Answer, Ask, Json, Tool } from '@signalbox/dialect';
import { type Finding, linearPattern, type Schema, STEPS_MAX, signsIn } from '@signalbox/documents';
import type { OutputRules } from '../policy/policy.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import { choicesOf, isEmpty } from './evidence/evidence.ts';

export type Found = {
  readonly rejected: string | undefined;
  readonly undecided: string | undefined;
  /** It calls a tool that it may not: it goes to nobody, not even marked. */
  readonly denied?: boolean;
  /** How sure its model was, 0 to 1; where that is asked for. */
  readonly confidence?: number | undefined;
  readonly threshold?: Attempt['threshold'] | undefined;
};

/** What the call itself says of its answer. */
export type Wanted = {
  /** Undefined: the request cannot be read. */
  readonly ask: () => Ask | undefined;
  /** Undefined: it is too large. */
  readonly schemaOf: (schema: Json) => Schema | undefined;
};

type Choice = Answer['answers'][number];
type Part = Choice['parts'][number];
type Call = Extract<Part, { kind: 'call' }>;

const NAME = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Vectors are no answer that could be checked, nor is what passes unread. */
export function rulesOf({ head, question, route }: Scheduled): OutputRules | undefined {
  const { operation } = head;
  const isRead =
    operation !== 'embedding' && operation !== 'count' && question.passing === undefined;
  const rules = isRead ? route.verdict.output : undefined;
  // A stream is not held back for a doubt that nobody could answer.
  if (rules === undefined || !question.stream || route.better.length > 0) return rules;
  return checksMore(rules) ? rules : undefined;
}

/** What comes to the rules later is a check, unless it is named here. */
function checksMore(rules: OutputRules): boolean {
  const {
    confidenceMin: _sure,
    retries: _again,
    escalate: _up,
    otherwise: _else,
    ...checks
  } = rules;
  return Object.values(checks).some((one) => one !== undefined && one !== false);
}

/** @param answer undefined: there was none that could be read. */
export function checkAnswer(answer: Answer | undefined, rules: OutputRules, wanted: Wanted): Found {
  if (answer === undefined) {
    return { rejected: 'json', undecided: undefined, denied: rules.tools !== undefined };
  }
  const check = new Check(rules, wanted);
  for (const choice of choicesOf(answer)) check.choice(choice);
  check.tokens(answer.usage?.outputTokens);
  return check;
}

class Check implements Found {
  readonly #rules: OutputRules;
  readonly #wanted: Wanted;
  rejected: string | undefined = undefined;
  undecided: string | undefined = undefined;
  denied = false;

  constructor(rules: OutputRules, wanted: Wanted) {
    this.#rules = rules;
    this.#wanted = wanted;
  }

  /** A model that declines says so in a field of its own: that is an answer, and no bad one. */
  choice(choice: Choice): void {
    const { parts } = choice;
    for (const part of parts) if (part.kind === 'call') this.#tool(part);
    if (parts.some(({ kind }) => kind === 'refusal')) return;
    const calls = parts.filter((part): part is Call => part.kind === 'call');
    const text = textOf(parts);
    if (this.#rules.notEmpty && isEmpty(choice)) this.#reject('not_empty');
    if (this.#rules.toolArguments) for (const call of calls) this.#call(call);
    // Who calls a tool has not answered yet: what it says beside that is no answer to check.
    if (calls.length > 0) return;
    this.#length(text);
    this.#format(text);
  }

  tokens(output: number | undefined): void {
    const { tokensMin, tokensMax } = this.#rules;
    if (tokensMin === undefined && tokensMax === undefined) return;
    if (output === undefined) this.#unsure('tokens');
    else if (output < (tokensMin ?? 0)) this.#reject('tokens_min');
    else if (tokensMax !== undefined && output > tokensMax) this.#reject('tokens_max');
  }

  #tool({ name, arguments: text }: Call): void {
    const by = this.#rules.tools?.denies(name, text);
    if (by === undefined) return;
    this.denied = true;
    this.#reject(`${by}: ${NAME.test(name) ? name : '*'}`);
  }

  #length(text: string): void {
    const { charactersMin, charactersMax } = this.#rules;
    if (charactersMin === undefined && charactersMax === undefined) return;
    const count = signsIn(text);
    if (count < (charactersMin ?? 0)) this.#reject('characters_min');
    else if (charactersMax !== undefined && count > charactersMax) this.#reject('characters_max');
  }

  #format(text: string): void {
    const { json, compiled, schema, askedFormat } = this.#rules;
    if (json || schema !== undefined) this.#json(text, schema === undefined ? NONE : compiled);
    if (askedFormat) this.#asked(text);
  }

  #asked(text: string): void {
    const ask = this.#wanted.ask();
    const format = ask?.format;
    if (ask === undefined) this.#unsure('asked_format');
    else if (format?.kind === 'json') this.#json(text, NONE);
    else if (format?.kind === 'schema') this.#json(text, this.#wanted.schemaOf(format.schema));
    else if (format?.kind === 'regex') this.#regex(text, format.pattern);
    else if (format?.kind === 'grammar') this.#unsure('asked_format: grammar');
    else if (format?.kind === 'choice' && !format.choices.includes(text)) {
      this.#reject('asked_format: choice');
    }
  }

  #regex(text: string, pattern: string): void {
    const holds = linearPattern(`^(?:${pattern})$`)?.test(text, { left: STEPS_MAX });
    if (holds === undefined) this.#unsure('asked_format: regex');
    else if (!holds) this.#reject('asked_format: regex');
  }

  /** @param schema `NONE`: JSON is all that is asked; undefined: it is too large to read. */
  #json(text: string, schema: Schema | undefined | typeof NONE): void {
    const value = parsed(text);
    if (value === undefined) this.#reject('json');
    else if (schema === undefined) this.#unsure('schema: size');
    else if (schema !== NONE) this.#finding('schema', schema.check(value));
  }

  #call({ name, arguments: text }: Call): void {
    const ask = this.#wanted.ask();
    const tool = ask?.tools.find((one) => one.name === name);
    if (ask === undefined) this.#unsure('tool_arguments');
    else if (tool !== undefined) this.#arguments(tool, text);
    // A tool that runs over there may call others that the caller never named.
    else if (ask.tools.some(({ kind }) => kind === 'hosted')) this.#unsure('tool_arguments');
    else this.#reject('tool_arguments: unknown tool');
  }

  #arguments({ name, parameters }: Tool, text: string): void {
    const what = `tool_arguments of ${NAME.test(name) ? name : '*'}`;
    // Some models write nothing where they mean no arguments.
    const value = text.trim() === '' ? {} : parsed(text);
    if (value === undefined) this.#reject(`${what}: json`);
    if (value === undefined || parameters === undefined) return;
    const schema = this.#wanted.schemaOf(parameters);
    if (schema === undefined) this.#unsure(`${what}: size`);
    else this.#finding(what, schema.check(value));
  }

  #finding(what: string, finding: Finding): void {
    if (finding.kind === 'holds') return;
    const words = `${what} at ${finding.at}: ${finding.keyword}`;
    if (finding.kind === 'fails') this.#reject(words);
    else this.#unsure(words);
  }

  #reject(why: string): void {
    this.rejected ??= why;
  }

  #unsure(what: string): void {
    this.undecided ??= what;
  }
}

const NONE = 'none';

const textOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
