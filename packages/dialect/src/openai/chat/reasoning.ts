// How hard and how openly a model is to think, both ways.
import type { Dropped, JsonObject, Reasoning } from '../../canon/canon.ts';
import type { WriteQuirks } from '../../canon/codec.ts';
import { booleanIn, countIn, isObject, member, textIn } from '../../canon/exact.ts';
import type { Body } from './body.ts';
import type { Fields } from './fields.ts';

type Effort = NonNullable<Reasoning['effort']>;
const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const effortOf = (word: string | undefined): Effort | undefined =>
  EFFORTS.find((effort) => effort === word);

export type ReadReasoning = {
  readonly reasoning?: Reasoning;
  readonly read: readonly string[];
};

/** `reasoning_effort`, `reasoning`, `thinking`, `include_reasoning`: the first to say it counts. */
export function readReasoning(body: JsonObject, fields: Fields): ReadReasoning {
  const read: string[] = [];
  let found: Reasoning = {};
  const take = (key: string, more: Reasoning | undefined): void => {
    if (more === undefined || Object.keys(more).length === 0) return;
    read.push(key);
    found = { ...more, ...found };
  };
  const effort = effortOf(fields.text(body, 'reasoning_effort'));
  take('reasoning_effort', effort === undefined ? undefined : { effort });
  const reasoning = member(body, 'reasoning');
  if (isObject(reasoning)) take('reasoning', routed(reasoning));
  const thinking = member(body, 'thinking');
  if (isObject(thinking)) take('thinking', switched(thinking));
  const shown = booleanIn(body, 'include_reasoning');
  take('include_reasoning', shown === undefined ? undefined : { shown });
  return Object.keys(found).length === 0 ? { read } : { reasoning: found, read };
}

/** `{effort, max_tokens, exclude, enabled}`. */
function routed(said: JsonObject): Reasoning {
  const tokensMax = countIn(said, 'max_tokens');
  const exclude = booleanIn(said, 'exclude');
  const enabled = booleanIn(said, 'enabled');
  const effort = effortOf(textIn(said, 'effort')) ?? (enabled === false ? 'none' : undefined);
  const usual = enabled === true && effort === undefined && tokensMax === undefined;
  return {
    ...(usual ? { effort: 'medium' } : effort === undefined ? {} : { effort }),
    ...(tokensMax === undefined ? {} : { tokensMax }),
    ...(exclude === undefined ? {} : { shown: !exclude }),
  };
}

/** `{type: enabled | disabled, budget_tokens}`. */
function switched(said: JsonObject): Reasoning {
  const type = textIn(said, 'type');
  const tokensMax = countIn(said, 'budget_tokens');
  if (type === 'disabled') return { effort: 'none' };
  if (tokensMax !== undefined) return { tokensMax };
  return type === 'enabled' ? { effort: 'medium' } : {};
}

/** Bounds of thinking in tokens, and the effort that comes nearest where there is no such bound. */
const LOW_TOKENS = 2_048;
const MEDIUM_TOKENS = 8_192;

export function writeReasoning(
  reasoning: Reasoning,
  body: Body,
  { quirks, dropped }: { readonly quirks: WriteQuirks; readonly dropped: Dropped },
): void {
  const { tokensMax, shown } = reasoning;
  const effort = reasoning.effort ?? nearest(tokensMax);
  const field = quirks.effortField ?? 'reasoning_effort';
  if (field === 'none') {
    dropped.add('reasoning');
    return;
  }
  if (field === 'reasoning') {
    body['reasoning'] = writtenRouted(reasoning);
    return;
  }
  if (shown === false) dropped.add('reasoning.shown');
  if (tokensMax !== undefined && field !== 'thinking') dropped.add('reasoning.tokensMax');
  if (effort === undefined) return;
  if (field === 'reasoning_effort') {
    // The reference ends at xhigh.
    if (effort === 'max') dropped.add('reasoning.effort');
    body[field] = effort === 'max' ? 'xhigh' : effort;
    return;
  }
  const isOn = effort !== 'none';
  if (isOn && reasoning.effort !== undefined) dropped.add('reasoning.effort');
  if (field === 'thinking') {
    const budget = tokensMax === undefined ? {} : { budget_tokens: tokensMax };
    body[field] = isOn ? { type: 'enabled', ...budget } : { type: 'disabled' };
  } else body[field] = { enable_thinking: isOn };
}

function nearest(tokensMax: number | undefined): Effort | undefined {
  if (tokensMax === undefined) return undefined;
  if (tokensMax === 0) return 'none';
  if (tokensMax <= LOW_TOKENS) return 'low';
  return tokensMax <= MEDIUM_TOKENS ? 'medium' : 'high';
}

function writtenRouted({ effort, tokensMax, shown }: Reasoning): JsonObject {
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(tokensMax === undefined ? {} : { max_tokens: tokensMax }),
    ...(shown === undefined ? {} : { exclude: !shown }),
  };
}
