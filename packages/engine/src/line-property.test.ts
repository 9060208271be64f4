// Any number of calls, upstreams and callers doing anything in any order: every call is answered at
// most once, settled exactly once, and leaves nothing behind.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Entry, FaultCode } from '@signalbox/contract';
import fc from 'fast-check';
import { atRest, piece, usageChunk } from './dispatch/dispatching.fixture.ts';
import { build, chatOf, HOUSE, type Served, settled } from './house.fixture.ts';
import { restore } from './restore.ts';
import { createLive } from './snapshot.ts';

fc.configureGlobal({ seed: 4141 });

const narrow = HOUSE.replace('near:\n', 'near:\n    in_flight_max: 1\n    retries: 1\n').replace(
  'acme: {}',
  'acme: {policies: [p], budget: {amount_usd: 0.2}}',
);
const DOCUMENTS = `${narrow}
aliases: {general: [small, medium, large]}
policies: {p: {default_tier: 1, fallback: {local_unavailable: 3}}}
queue: {wait_ms_max: 20000, keep_ms: 60000, calls_max: 3}
`;
const OTHERS = [
  ...[DOCUMENTS, DOCUMENTS, DOCUMENTS],
  DOCUMENTS.replace('{policies: [p]', '{default_label: regulated, policies: [p]'),
  DOCUMENTS.replace('{policies: [p]', '{durable: before-answer, policies: [p]'),
  DOCUMENTS.replace('scopes: [call, explain]', 'revoked: true'),
];

const FAULTS: readonly FaultCode[] = [
  ...(['connect_failed', 'connect_failed', 'closed_early', 'head_timeout'] as const),
  ...(['idle_timeout', 'malformed', 'too_large'] as const),
];

const which = fc.nat({ max: 7 });
const model = fc.constantFrom('small', 'small', 'large', 'general', 'shared', 'auto', 'nothing');
const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const step = fc.oneof(
  often(
    6,
    fc.record({
      do: fc.constant('call' as const),
      model,
      stream: fc.boolean(),
      queue: fc.boolean(),
      usage: fc.boolean(),
      once: fc.constantFrom(false, false, true),
    }),
  ),
  often(
    3,
    fc.record({ do: fc.constantFrom('stream', 'stream', 'answer', 'head' as const), which }),
  ),
  often(1, fc.record({ do: fc.constantFrom('error', 'bad' as const), which })),
  often(4, fc.record({ do: fc.constantFrom('event', 'half', 'usage', 'done' as const), which })),
  often(2, fc.record({ do: fc.constant('end' as const), which })),
  often(
    2,
    fc.record({ do: fc.constant('fault' as const), which, code: fc.constantFrom(...FAULTS) }),
  ),
  often(1, fc.record({ do: fc.constantFrom('leave', 'slow', 'drain' as const), which })),
  often(
    2,
    fc.record({ do: fc.constant('turn' as const), ms: fc.constantFrom(1, 500, 3_000, 16_000) }),
  ),
  often(1, fc.record({ do: fc.constant('swap' as const), to: fc.constantFrom(...OTHERS) })),
  often(
    1,
    fc.record({ do: fc.constant('disk' as const), full: fc.constantFrom(true, false, false) }),
  ),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Scene = { readonly built: ReturnType<typeof build>; readonly calls: Served[] };

function play({ built, calls }: Scene, one: Step): Promise<void> | void {
  if (one.do === 'turn') return built.clock.turn(one.ms);
  if (one.do === 'swap') return built.swap(one.to);
  if (one.do === 'disk') {
    built.store.state = one.full
      ? { kind: 'unavailable', reason: 'disk-full', detail: '' }
      : { kind: 'ready' };
    return;
  }
  if (one.do === 'call') {
    const options = one.usage ? { stream_options: { include_usage: true } } : {};
    const served = built.serve(chatOf(one.model, { stream: one.stream, ...options }), {
      queueAllowed: one.queue,
      idempotencyKey: one.once ? 'once' : undefined,
    });
    served.reply.deferrable = one.queue;
    calls.push(served);
    return;
  }
  const begins = ['head', 'stream', 'answer', 'error', 'bad'].includes(one.do);
  const open = built.upstream.dials.filter(
    (each) => !each.over && !each.aborted && (one.do === 'fault' || each.headed !== begins),
  );
  const dialled = open[one.which % Math.max(1, open.length)];
  const reply = calls[one.which % Math.max(1, calls.length)]?.reply;
  switch (one.do) {
    case 'leave':
      return reply?.leave();
    case 'slow':
      if (reply !== undefined) reply.full = true;
      return;
    case 'drain':
      return reply?.drain();
    case 'head':
      return void dialled?.head();
    case 'stream':
      return void dialled?.stream();
    case 'answer':
      return void dialled?.answer({ model: 'm', choices: [], usage: { prompt_tokens: 9 } });
    case 'error':
      return void dialled?.answer({ error: { message: 'no' } }, 503);
    case 'bad':
      return void dialled?.answer({ error: { message: 'bad' } }, 400);
    case 'event':
      return void dialled?.event(piece('word'));
    case 'half':
      return void dialled?.chunk('data: {"half');
    case 'usage':
      return void dialled?.event(usageChunk(5, 7));
    case 'done':
      return void dialled?.chunk('data: [DONE]\n\n');
    case 'end':
      return void dialled?.end();
    case 'fault':
      return void dialled?.fault(one.code);
  }
}

/** Lets everything come to its end: what is open breaks, what waits is waited for. */
async function playOut({ built, calls }: Scene): Promise<void> {
  built.store.state = { kind: 'ready' };
  built.upstream.script = (dialled) => dialled.fault('closed_early');
  for (const dialled of built.upstream.dials) dialled.fault('closed_early');
  for (const { reply } of calls) reply.drain();
  for (let i = 0; i < 20; i += 1) await built.clock.turn(10_000);
  for (const { settlement } of calls) await settlement;
  await built.clock.turn(10_000);
}

/** What would be read back from the disk. */
const entriesOf = ({ built }: Scene): readonly Entry[] =>
  built.store.entries.map((draft) => ({
    ...JSON.parse(JSON.stringify(draft)),
    body: JSON.parse(JSON.stringify(draft.body)),
    ...{ v: 1, node: 'n1', epoch: 'e', seq: 1, prev: '', bodyDigest: '' },
  }));

it('settles every call once, answers it at most once, and comes to rest', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 90 }), async (steps) => {
      const scene: Scene = { built: build(DOCUMENTS), calls: [] };
      const { built, calls } = scene;
      for (const one of steps) {
        await play(scene, one);
        await settled();
      }
      await playOut(scene);
      atRest(built);
      const records = built.store.records();
      for (const { call, settlement, reply } of calls) {
        const done = await settlement;
        const own = records.filter((record) => record.request === call.id);
        assert.equal(own.length, done === undefined ? 0 : 1, 'one settlement, or counted');
        const [record] = own;
        if (record === undefined) continue;
        const left = record.ending === 'left';
        assert.equal(reply.ending !== undefined || left || reply.deferred, true);
        if (record.ending === 'cut') assert.notEqual(reply.ending, 'clean');
        if (reply.ending === 'clean') assert.equal(record.ending, 'answered');
      }
      const holds = new Set(built.store.of('hold').map((entry) => entry.call));
      for (const id of holds) {
        assert.equal(records.filter((record) => record.request === id).length, 1);
      }
      const spent = records.reduce((sum, one) => sum + BigInt(one.costNanoUsd ?? 0), 0n);
      const acme = { owner: 'acme', budget: { amountNanoUsd: 1n, per: 'total' } } as const;
      const { spentNanoUsd } = built.house.live.pools.budgets.spent(acme, built.clock.now());
      assert.equal(spentNanoUsd, spent, 'what was spent is what the records say');
      const again = createLive(built.clock, built.store);
      for (const entry of entriesOf(scene)) restore(again, entry);
      const { budgets } = again.pools;
      assert.deepEqual(budgets.open(), []);
      assert.equal(budgets.spent(acme, built.clock.now()).spentNanoUsd, spent, 'and the journal');
    }),
    { numRuns: 120 },
  );
});
