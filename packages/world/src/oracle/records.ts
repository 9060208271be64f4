// Settlements: that there is exactly one where there must be one, and that the record says what the
// caller and the upstream saw.
import type { CallRecord } from '@signalbox/contract';
import {
  answeringDial,
  type CallFacts,
  type Dial,
  type EntryFacts,
  type Report,
  type Sight,
  wordOf,
} from '../facts.ts';
import { costOf } from './money.ts';

/** Who makes calls that must be settled; the others are counted. */
export function isAdmitted({ wish, askedVersion }: CallFacts): boolean {
  if (wish.kind === 'dry-run' || wish.keyName === '') return false;
  const { keys } = askedVersion.configuration;
  return keys.get(wish.keyName)?.revoked === false;
}

/** Limits that a key meets again and again, and what a journal that takes nothing cannot take. */
const isCounted = (call: CallFacts): boolean =>
  isAdmitted(call) && (call.status === 429 || call.status === 503);

/** Judged when nothing runs any more. */
export function judgeRecord(call: CallFacts, report: Report): void {
  const say = (invariant: Parameters<Report>[0], detail: string): void =>
    report(invariant, detail, wordOf(call));
  if (call.id === undefined) return;
  const count = call.settled.length;
  if (!isAdmitted(call) && count > 0) say('settled-once', 'settled, and never admitted');
  if (call.orphaned) return;
  if (isAdmitted(call) && count === 0 && !isCounted(call)) say('settled-once', 'never settled');
  if (isCounted(call) && count === 0 && call.entries.length > 0) {
    say('settled-once', 'money was held, and the call was only counted');
  }
  const [settled] = call.settled;
  if (settled !== undefined) judgeSettled(call, settled.record, say);
}

type Say = (invariant: Parameters<Report>[0], detail: string) => void;

const ENDINGS: Readonly<Record<Sight, readonly CallRecord['ending'][]>> = {
  waiting: [],
  streaming: [],
  answered: ['answered', 'refused'],
  ended: ['answered'],
  // A refusal after a heartbeat is an event and an unclean end.
  cut: ['cut', 'refused'],
  // It may have gone while its answer was on its way, or while it was refused.
  left: ['left', 'answered', 'refused', 'cut'],
  reset: [],
};

function judgeSettled(call: CallFacts, record: CallRecord, say: Say): void {
  const { sight, status } = call;
  // The answer was there, its record was not safe, and its tenant wants that first.
  const tenant = call.askedVersion.configuration.tenants.get(call.wish.tenant);
  const isUnsafe = tenant?.durable === 'before-answer' && (status === 503 || sight === 'cut');
  const isElsewhere = call.deferredTo !== undefined || sight === 'left';
  if (call.deferredTo === undefined && !isUnsafe && !ENDINGS[sight].includes(record.ending)) {
    say('record-true', `the caller is ${sight}, the record says ${record.ending}`);
  }
  const isLate = sight === 'cut' && record.ending === 'refused';
  if (!isElsewhere && !isUnsafe && !isLate && record.status !== status) {
    say('record-true', `the caller saw ${status}, the record says ${record.status}`);
  }
  const entry = call.entries.at(-1);
  if (entry === undefined) return;
  const names = entry.versions.map(({ name }) => name);
  // It came back once more, and got no further than to a wait or a no.
  const isLater = record.attempts.length === 0;
  if (!isLater && !names.includes(record.snapshot)) {
    say('record-true', `decided under ${names}, the record names ${record.snapshot}`);
  }
  judgeAttempts(call, record, say);
}

function judgeAttempts(call: CallFacts, record: CallRecord, say: Say): void {
  const entry = call.entries.at(-1);
  const dials = call.dials.filter((one) => one.entry === entry);
  // Of attempts beside each other the one that answered is noted last.
  const isRace = record.attempts.some(({ role }) => role !== undefined);
  const names = (all: readonly { readonly endpoint: string }[]): string => {
    const each = all.map(({ endpoint }) => endpoint);
    return (isRace ? each.sort() : each).join(' ');
  };
  const dialled = names(dials);
  const recorded = names(record.attempts);
  if (record.attempts.length > 0 && dialled !== recorded) {
    say('record-true', `dialled ${dialled}, the record says ${recorded}`);
  }
  const last = answeringDial(call);
  if (record.ending !== 'answered' || last?.end !== 'ended' || entry === undefined) return;
  if (last.usage !== undefined) judgeCost(record, last, entry, say);
}

function judgeCost(record: CallRecord, dial: Dial, entry: EntryFacts, say: Say): void {
  const [input, output] = dial.usage ?? [0, 0];
  const { usage } = record;
  if (usage?.inputTokens !== input || usage.outputTokens !== output) {
    const said = `${usage?.inputTokens}+${usage?.outputTokens}`;
    say(
      'record-true',
      `dial ${dial.number} told ${input}+${output} tokens, the record says ${said}`,
    );
  }
  const overtaken = record.attempts.map(({ costNanoUsd }) => BigInt(costNanoUsd ?? 0));
  const beside = overtaken.reduce((sum, one) => sum + one, 0n);
  const costs = entry.versions.map(({ configuration }) => {
    const cost = costOf(configuration, dial, [input, output]);
    return cost === undefined ? undefined : (cost + beside).toString();
  });
  if (!costs.includes(record.costNanoUsd)) {
    say('record-true', `it costs ${costs}, the record says ${record.costNanoUsd}`);
  }
}
