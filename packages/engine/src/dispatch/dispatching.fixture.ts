// What every ending of a call must leave behind, however it came about.
import assert from 'node:assert/strict';
import type { CallRecord } from '@signalbox/contract';
import { type Built, HOUSE, type Served } from '../house.fixture.ts';

/** The rule `chain` sends every call to far, then middle, then near. */
export const CHAIN: string = `${HOUSE.replace('acme: {}', 'acme: {policies: [p]}')}
policies: {p: {rules: [{name: chain, route: {chain: [large, medium, small]}}]}}
`;

export const ANSWER: object = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'large-2025',
  choices: [{ index: 0, message: { role: 'assistant', content: 'done' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
};

export const piece = (content: string): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'large-2025',
  choices: [{ index: 0, delta: { content } }],
});

export const usageChunk = (input: number, output: number): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'large-2025',
  choices: [],
  usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
});

/** Waits for the end, and holds the call to what must be true of every end. */
export async function ended(built: Built, { call, settlement }: Served): Promise<CallRecord> {
  const done = await settlement;
  const records = built.store.records().filter((one) => one.request === call.id);
  assert.equal(records.length, 1, 'a call settles exactly once');
  const [record] = records;
  assert.ok(record !== undefined && done !== undefined);
  assert.deepEqual(done.record, record);
  // Limits that were met are counted for a second.
  if (built.clock.pending > 0) await built.clock.turn(1_000);
  atRest(built);
  return record;
}

/** Nothing is held, nothing is taken, nothing waits, and nothing went where it may not. */
export function atRest(built: Built): void {
  const { pools, parking } = built.house.live;
  assert.deepEqual(pools.budgets.open(), [], 'no money is held');
  assert.equal(pools.slots.total(), 0, 'no place is taken');
  assert.equal(parking.waiting.size, 0, 'nobody is parked');
  assert.equal(built.clock.pending, 0, 'no timer is left');
  assert.deepEqual(built.upstream.breaches, [], 'nothing left beyond its clearance');
  const bugs = built.logs.filter(([level]) => level === 'error');
  assert.deepEqual(bugs, []);
}
