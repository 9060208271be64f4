// Moderation and rerank: texts in, numbers out. Both are drawn from the texts alone.
import { drawsFrom, hashOf, idFrom } from '../hash.ts';
import type { JsonRecord } from '../json.ts';
import { isList, isRecord, numberAt, textAt } from '../json.ts';
import type { Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';
import { tokenCount } from '../tokens.ts';
import { embed } from '../wire/embeddings.ts';

const categories = ['harassment', 'hate', 'illicit', 'self-harm', 'sexual', 'violence'] as const;
const alarms: ReadonlyMap<string, (typeof categories)[number]> = new Map([
  ['kill', 'violence'],
  ['bomb', 'violence'],
  ['idiot', 'harassment'],
  ['cocaine', 'illicit'],
]);
const inputsMax = 2_048;
const dimensions = 384;

export function moderationBody(body: JsonRecord, seed: number): Result<string> {
  const texts = textsIn(body['input']);
  if (texts === undefined) return refuse(invalid("Invalid 'input'.", 'input', 'invalid_value'));
  const results = texts.map((text) => judged(text, seed));
  const id = `modr-${idFrom(hashOf(texts.join('\u0000'), seed), 24)}`;
  return accept(JSON.stringify({ id, model: body['model'], results }));
}

function judged(text: string, seed: number): object {
  const found = new Set((text.toLowerCase().match(/\p{L}+/gu) ?? []).map((one) => alarms.get(one)));
  const draw = drawsFrom(hashOf(text, seed));
  const flags = categories.map((name): [string, boolean] => [name, found.has(name)]);
  const scores = flags.map(([name, told]): [string, number] => {
    const score = (told ? 0.9 : 0) + draw() / 20;
    return [name, Math.round(score * 10_000) / 10_000];
  });
  return {
    flagged: flags.some(([, told]) => told),
    categories: Object.fromEntries(flags),
    category_scores: Object.fromEntries(scores),
  };
}

export function rerankBody(body: JsonRecord, seed: number): Result<string> {
  const query = textAt(body, 'query');
  const texts = textsIn(body['documents']);
  if (query === undefined) return refuse(invalid("Missing 'query'.", 'query', null));
  if (texts === undefined) return refuse(invalid("Invalid 'documents'.", 'documents', null));
  const wanted = embed(query, dimensions, seed);
  const ranked = texts
    .map((text, index) => ({ index, relevance_score: closeness(wanted, text, seed) }))
    .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
    .slice(0, numberAt(body, 'top_n') ?? texts.length);
  const results =
    body['return_documents'] === true
      ? ranked.map((one) => ({ ...one, document: { text: texts[one.index] } }))
      : ranked;
  const id = `rerank-${idFrom(hashOf([query, ...texts].join('\u0000'), seed), 24)}`;
  const tokens = [query, ...texts].reduce((sum, text) => sum + tokenCount(text), 0);
  const usage = { total_tokens: tokens };
  return accept(JSON.stringify({ id, model: body['model'], results, usage }));
}

function closeness(wanted: Float32Array, text: string, seed: number): number {
  const found = embed(text, dimensions, seed);
  const product = wanted.reduce((sum, value, at) => sum + value * (found[at] ?? 0), 0);
  return Math.round(Math.max(0, product) * 1_000_000) / 1_000_000;
}

/** A text, texts, or objects with a text in them. */
function textsIn(value: unknown): readonly string[] | undefined {
  const list = isList(value) ? value : [value];
  if (list.length === 0 || list.length > inputsMax) return undefined;
  const texts = list.flatMap((one) => {
    if (typeof one === 'string') return [one];
    return isRecord(one) ? [textAt(one, 'text') ?? ''] : [];
  });
  return texts.length === list.length ? texts : undefined;
}
