// Recorded embeddings: every vector must reach the clients of the other formats as it was.
import { isDeepStrictEqual } from 'node:util';
import { countIn, type Json, listIn, member, tryParse } from '@signalbox/dialect';
import {
  type Embedded,
  readOpenaiEmbedded,
  writeOpenaiEmbedded,
} from '../../packages/dialect/src/canon/embedding.ts';
import { readEmbedded as readGemini } from '../../packages/dialect/src/gemini/gemini.ts';
import {
  readEmbedded as readOllama,
  writeEmbedded as writeOllama,
} from '../../packages/dialect/src/ollama/embed.ts';

/** Undefined: it holds no vectors. */
export function embeddingOf(bytes: Uint8Array): { read: () => Embedded | undefined } | undefined {
  const body = tryParse(bytes);
  if (member(listIn(body, 'data')?.[0], 'embedding') !== undefined) {
    return { read: () => readOpenaiEmbedded(bytes) };
  }
  if (listIn(body, 'predictions') !== undefined) return { read: () => readGemini(bytes) };
  const single = member(body, 'embedding');
  if (member(single, 'values') !== undefined) return { read: () => readGemini(bytes) };
  const several = listIn(body, 'embeddings');
  if (several?.every((one) => member(one, 'values') !== undefined)) {
    return { read: () => readGemini(bytes) };
  }
  if (Array.isArray(single) || several?.every((one) => Array.isArray(one))) {
    return { read: () => readOllama(bytes) };
  }
  return undefined;
}

/** Why it does not hold. */
export function judgeEmbedding(bytes: Uint8Array): string | undefined {
  const read = embeddingOf(bytes)?.read();
  if (read === undefined) return 'it is not read';
  const told = toldTokens(tryParse(bytes) ?? null);
  if (told !== undefined && told !== read.inputTokens) return 'usage is another';
  const context = { model: 'asked', single: false };
  const ways: readonly (readonly [string, Embedded | undefined])[] = [
    ['numbers', readOpenaiEmbedded(writeOpenaiEmbedded(read, { ...context, base64: false }))],
    ['ollama', readOllama(writeOllama(read, context))],
  ];
  for (const [name, back] of ways) {
    if (!isDeepStrictEqual(back?.vectors, read.vectors)) return `${name}: other vectors`;
  }
  const floats = read.vectors.map((vector) => [...Float32Array.from(vector)]);
  const base64 = readOpenaiEmbedded(writeOpenaiEmbedded(read, { ...context, base64: true }));
  return isDeepStrictEqual(base64?.vectors, floats) ? undefined : 'base64: other vectors';
}

const toldTokens = (body: Json): number | undefined =>
  countIn(member(body, 'usage'), 'prompt_tokens');
