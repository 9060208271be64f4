// What was used: as the upstream tells it, else counted by length and marked so.
import type { Usage } from '@signalbox/contract';
import type { Outcome } from '../dispatch/dispatch.ts';
import type { Scheduled } from '../schedule/schedule.ts';

const BYTES_PER_TOKEN = 4;

export function usageOf(call: Scheduled, outcome: Outcome): Usage | undefined {
  // It tells what a call would use, and uses nothing.
  if (call.head.operation === 'count') return undefined;
  if (outcome.kind === 'whole') {
    if (outcome.relayed) return outcome.answer.facts.usage;
    const output = Math.ceil(outcome.answer.body.length / BYTES_PER_TOKEN);
    const embeds = call.head.operation === 'embedding';
    return outcome.answer.facts.usage ?? untold(call, embeds ? 0 : output);
  }
  if (outcome.kind === 'streamed') {
    const { facts } = outcome.piped;
    return facts.usage ?? untold(call, facts.events);
  }
  return undefined;
}

/**
 * Of a stream, an event is about a token. What only passes is counted by nobody: an image or a
 * sound has no length in tokens.
 */
function untold(call: Scheduled, outputTokens: number): Usage | undefined {
  if (call.question.passing !== undefined) return undefined;
  return {
    inputTokens: call.question.inputTokensEstimate,
    outputTokens,
    cachedInputTokens: undefined,
    reasoningTokens: undefined,
    source: 'estimated',
  };
}
