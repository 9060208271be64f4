// Why an answer ended, both ways. Servers say `stop` and `length`; `load` and `unload` answer a
// request without messages. Clients take any other word as it comes, so what is no plain end keeps
// a name of its own: a filtered answer must not look finished. Where the word alone would be read
// as another reason, `stop_reason` stands beside it.
import type { StopReason } from '../canon/canon.ts';

const WRITTEN: Readonly<Record<StopReason, string>> = {
  end: 'stop',
  tools: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  context: 'length',
  filtered: 'content_filter',
  refusal: 'refusal',
  pause: 'pause_turn',
  error: 'error',
};

const READ: ReadonlyMap<string, StopReason> = new Map([
  ['stop', 'end'],
  ['load', 'end'],
  ['unload', 'end'],
  ['length', 'length'],
  ['limit', 'length'],
  ['tool_calls', 'tools'],
  ['content_filter', 'filtered'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['error', 'error'],
]);

export const doneReasonOf = (reason: StopReason): string => WRITTEN[reason];

/** `word`: undefined where the server told none, as older ones do. */
export function reasonOf(word: string | undefined, calls: boolean): StopReason {
  const reason = word === undefined ? 'end' : (READ.get(word) ?? 'end');
  return reason === 'end' && calls ? 'tools' : reason;
}

/** A word that says more than our reason. */
export const isTelling = (word: string | undefined): boolean =>
  word !== undefined && (word === 'load' || word === 'unload' || !READ.has(word));

const REASONS: readonly StopReason[] = [
  ...(['end', 'length', 'stop_sequence', 'tools', 'filtered'] as const),
  ...(['refusal', 'pause', 'context', 'error'] as const),
];

/** Our word as `stop_reason` holds it. */
export const stopReason = (word: string | undefined): StopReason | undefined =>
  REASONS.find((one) => one === word);
