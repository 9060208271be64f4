// Every recording of a folder against every check, gathered by provider.
import type { Answer } from '@signalbox/dialect';
import { type Check, type Finding, judgeError, judgeStream, judgeWhole } from './checks.ts';
import { embeddingOf, judgeEmbedding } from './embeddings.ts';
import type { Exchange } from './exchange.ts';
import { recordings } from './recordings.ts';
import { type Speaker, spoken } from './speakers.ts';

export type Replayed = {
  readonly exchange: Exchange;
  readonly kind: 'stream' | 'whole' | 'embedding' | 'error';
  readonly speaker: Speaker | undefined;
  readonly answer: Answer | undefined;
  readonly findings: readonly Finding[];
};

export type Replay = {
  readonly replayed: readonly Replayed[];
  /** Recordings in formats that nobody here speaks, by provider. */
  readonly others: ReadonlyMap<string, number>;
  readonly broken: readonly string[];
};

export function replay(folder: string, say: (line: string) => void): Replay {
  const { exchanges, broken } = recordings(folder);
  const replayed: Replayed[] = [];
  const others = new Map<string, number>();
  exchanges.forEach((exchange, at) => {
    const one = replayOne(exchange);
    if (one === undefined) others.set(exchange.provider, (others.get(exchange.provider) ?? 0) + 1);
    else replayed.push(one);
    if ((at + 1) % 100 === 0) say(`${at + 1} of ${exchanges.length} recordings`);
  });
  return { replayed, others, broken };
}

function replayOne(exchange: Exchange): Replayed | undefined {
  const said = spoken(exchange.status, exchange.answered, exchange.url);
  if (said.kind === 'other') return replayVectors(exchange);
  if (said.kind === 'error') {
    const findings = [judgeError(exchange, said.message)];
    return { exchange, kind: 'error', speaker: undefined, answer: undefined, findings };
  }
  const { speaker, kind } = said;
  try {
    const judged =
      kind === 'stream' ? judgeStream(exchange, speaker) : judgeWhole(exchange, speaker);
    return { exchange, kind, speaker, ...judged };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'threw';
    const check: Check = 'folds';
    return { exchange, kind, speaker, answer: undefined, findings: [{ check, why }] };
  }
}

function replayVectors(exchange: Exchange): Replayed | undefined {
  if (embeddingOf(exchange.answered) === undefined) return undefined;
  const finding = { check: 'vectors', why: judgeEmbedding(exchange.answered) } as const;
  const nobody = { speaker: undefined, answer: undefined };
  return { exchange, kind: 'embedding', ...nobody, findings: [finding] };
}
