import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord } from '@signalbox/contract';
import { ANSWER, ended } from '../dispatch/dispatching.fixture.ts';
import { type Built, build, HOUSE } from '../house.fixture.ts';

/** Beside the large model of tier 3 a cheaper one on tier 2, whose prompts are cached. */
const DEAR = 'price: {input_per_million_usd: "10", output_per_million_usd: "20"';
const CACHED = HOUSE.replace(
  `${DEAR}}`,
  `${DEAR}, cached_input_per_million_usd: "0.1"}`,
).replaceAll(', shared: {}', '');

function house(cachedTokens: number, yaml = CACHED): Built {
  const built = build(yaml);
  const usage = {
    ...{ prompt_tokens: 9_000, completion_tokens: 3, total_tokens: 9_003 },
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
  built.upstream.script = (dialled) => dialled.answer({ ...ANSWER, usage });
  return built;
}

const LONG = 'A line of a long prompt. '.repeat(1_000);
const user = (content: string): object => ({ role: 'user', content });
const TOOL: readonly object[] = [
  { role: 'assistant', content: null, tool_calls: [{ id: 'a', function: { name: 'find' } }] },
  { role: 'tool', tool_call_id: 'a', content: 'found' },
];

async function ask(
  built: Built,
  step: string | undefined,
  more: readonly object[] = [],
): Promise<CallRecord> {
  const messages = [{ role: 'system', content: LONG }, user('Go on.'), ...more];
  return ended(
    built,
    built.serve({ model: 'auto', max_tokens: 10, messages }, { session: 's', step }),
  );
}

const toldIn = ({ attempts, routed }: CallRecord): readonly unknown[] => [
  attempts[0]?.modelAsked,
  routed?.turn?.kept,
  routed?.turn?.why,
];

describe('the next step of a session', () => {
  it('is read by the model that asked for the tool, until its result is there', async () => {
    const built = house(0);
    assert.deepEqual(toldIn(await ask(built, 'plan')), ['large', undefined, undefined]);
    const digest = await ask(built, undefined, TOOL);
    assert.deepEqual(toldIn(digest), ['large', true, 'tool']);
    assert.deepEqual([digest.routed?.by, digest.routed?.turn?.from], ['session', 'large']);
    assert.deepEqual(toldIn(await ask(built, 'extract')), ['small', false, 'saves']);
    assert.deepEqual(toldIn(await ask(built, undefined, TOOL)), ['small', true, 'tool']);
    assert.deepEqual(toldIn(await ask(built, 'plan')), ['large', false, 'needs-more']);
  });

  it('goes elsewhere when that model may not be asked, and says so', async () => {
    const built = house(0);
    await ask(built, 'plan');
    built.swap(CACHED.replace('  far:\n', '  far:\n    enabled: false\n'));
    assert.deepEqual(toldIn(await ask(built, undefined, TOOL)).slice(1), [false, 'unavailable']);
  });

  it('stays where its prompt is cached while that costs less, and while it is warm', async () => {
    const dear = CACHED.replace(
      'url: http://127.0.0.1:9001/v1',
      'url: http://127.0.0.1:9001/v1\n    enabled: false',
    );
    const built = house(8_000, dear);
    await ask(built, 'plan');
    const kept = await ask(built, 'extract');
    assert.deepEqual(toldIn(kept), ['large', true, 'cache']);
    await built.clock.turn(300_001);
    assert.deepEqual(toldIn(await ask(built, 'extract')), ['medium', false, 'step']);
    const cold = house(0, dear);
    await ask(cold, 'plan');
    assert.deepEqual(toldIn(await ask(cold, 'extract')), ['medium', false, 'saves']);
  });

  it('is decided by a rule that names the tier', async () => {
    const yaml = `${CACHED.replace('acme: {}', 'acme: {policies: [p]}')}
policies: {p: {default_tier: 1}}
`;
    const built = house(8_000, yaml);
    await ask(built, 'plan');
    assert.deepEqual(toldIn(await ask(built, undefined, TOOL)), ['small', undefined, undefined]);
  });
});
