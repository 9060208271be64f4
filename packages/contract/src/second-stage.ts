// What a local model said of a call's content, where its tenant wants it asked, as it stands in the
// record: types, never values.
import type { EndpointName } from './ids.ts';

/** How a text was read; of everything but `read` a part was read by nobody. */
const WORDS = {
  read: 'read whole',
  partly: 'the text is longer than what is read of one call',
  nowhere: 'nothing on tier 1 serves the model',
  busy: 'as much was being read as the tenant allows',
  slow: 'the model took too long',
  away: 'the model did not answer',
  unclear: 'the model answered something else',
  dry: 'nobody is asked for a dry run',
} as const;

export type SecondStageOutcome = keyof typeof WORDS;

/** What a model said of the content, where the tenant wants it asked. */
export type SecondStage = {
  readonly outcome: SecondStageOutcome;
  /** Of `name` and `address` those that it said are there. */
  readonly types: readonly ('name' | 'address')[];
  readonly endpoint: EndpointName | undefined;
  /** As the endpoint calls it. */
  readonly model: string | undefined;
  /** Pieces of the text that it was asked about. */
  readonly windows: number;
  readonly tookMs: number;
};

/** For people. */
export function secondStageWords(outcome: string, types: readonly string[]): string {
  const found = types.length === 0 ? 'found nothing' : `found ${types.join(', ')}`;
  if (outcome === 'read') return found;
  const why = isOutcome(outcome) ? WORDS[outcome] : outcome;
  return types.length === 0 ? `could not say: ${why}` : `${found}, then could not say: ${why}`;
}

const isOutcome = (text: string): text is SecondStageOutcome => Object.hasOwn(WORDS, text);
