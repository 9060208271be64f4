// The answer to a request that demands JSON.
import type { Format } from '../ask.ts';
import type { Skill } from './difficulty.ts';
import { extraction, factsIn } from './facts.ts';
import { topicsOf } from './prose.ts';
import { fillSchema } from './schema.ts';
import { subjectOf } from './summarise.ts';

/** A JSON text: what the schema asks for, or the plain answer wrapped in an object. */
export function jsonAnswer(
  format: Format & { kind: 'json-object' | 'json-schema' },
  prompt: string,
  plain: string,
  skill: Skill,
  draw: () => number,
): string {
  if (format.kind === 'json-schema') {
    const source = { prompt, facts: factsIn(prompt), plain, skill, draw, nth: 0 };
    return JSON.stringify(fillSchema(format.schema, source));
  }
  if (plain.startsWith('{')) return plain;
  if (/\bextract\b/i.test(prompt)) return extraction(subjectOf(prompt), skill.right);
  return JSON.stringify({ answer: plain, topics: topicsOf(prompt) });
}
