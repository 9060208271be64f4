// Why an answer ended, both ways. Words outside the reference stand beside its own, in
// `native_finish_reason`, so that they come back.
import type { Json, StopReason } from '../../canon/canon.ts';
import { textIn } from '../../canon/exact.ts';
import { FINISH, NATIVE, NATIVE_WORDS } from './stop.table.ts';

export type Stop = {
  readonly reason: StopReason;
  readonly sequence?: string;
  readonly native?: string;
};

/** @returns undefined while the choice has not ended. */
export function readStop(choice: Json): Stop | undefined {
  const word = textIn(choice, 'finish_reason') ?? '';
  if (word === '') return undefined;
  const beside = textIn(choice, 'native_finish_reason') ?? '';
  const sequence = textIn(choice, 'stop_reason') ?? textIn(choice, 'matched_stop') ?? '';
  const known = FINISH.get(word);
  if (sequence !== '' && known === 'end') return { reason: 'stop_sequence', sequence };
  const reason = NATIVE.get(beside) ?? NATIVE.get(word) ?? known ?? 'end';
  const native = beside === '' ? word : beside;
  const isSaid = native === word && known !== undefined;
  return isSaid || NATIVE_WORDS.get(reason) === native ? { reason } : { reason, native };
}

type Finish = {
  readonly finish_reason: string | null;
  readonly native_finish_reason?: string;
  readonly stop_reason?: string;
};

type Told = { readonly [K in keyof Stop]: Stop[K] | undefined };

export function writeStop(stop: Partial<Told>): Finish {
  const { reason, sequence, native } = stop;
  if (reason === undefined) return { finish_reason: null };
  const own = sequence === undefined ? NATIVE_WORDS.get(reason) : undefined;
  const isNative = native !== undefined && (own === undefined || NATIVE.get(native) === reason);
  const beside = isNative ? native : own;
  return {
    finish_reason: WORDS[reason],
    ...(beside === undefined ? {} : { native_finish_reason: beside }),
    ...(sequence === undefined ? {} : { stop_reason: sequence }),
  };
}

const WORDS: Readonly<Record<StopReason, string>> = {
  end: 'stop',
  length: 'length',
  stop_sequence: 'stop',
  tools: 'tool_calls',
  filtered: 'content_filter',
  refusal: 'content_filter',
  pause: 'stop',
  context: 'length',
  error: 'error',
};
