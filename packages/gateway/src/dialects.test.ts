// Every dialect in front of every other one, through real sockets: a gateway whose upstreams are
// another gateway, once in each dialect, and behind that one sim. What comes out at the front is
// what the sim said.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Chain, startChain, UPSTREAMS } from './chain.fixture.ts';
import { type Said, SPOKEN, STOPS } from './dialects.fixture.ts';
import type { Gateway } from './gateway.fixture.ts';

let front: Gateway;
let chain: Chain;
before(async () => {
  chain = await startChain();
  front = chain.front;
});
after(() => chain.stop());

async function said(caller: string, at: string, text: string, how: string): Promise<Said> {
  const spoken = SPOKEN[caller];
  assert.ok(spoken !== undefined);
  const stream = how.includes('stream');
  const model = `${at}/sim-medium`;
  const answer = await front.ask(spoken.path(model, stream), {
    body: spoken.body(model, text, stream, how.includes('tool')),
  });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.end, 'clean');
  return stream ? spoken.streamed(answer.text) : spoken.whole(JSON.parse(answer.text));
}

describe('a dialect in front of another', () => {
  for (const caller of Object.keys(SPOKEN)) {
    for (const at of UPSTREAMS) {
      // A Gemini server has paths of the OpenAI dialect too, and is asked there untouched.
      if (caller === 'openai' && at === 'gemini') continue;
      for (const how of ['whole', 'stream', 'tool', 'tool stream']) {
        it(`says what the model said: ${caller} in front of ${at}, ${how}`, async () => {
          const text = how.includes('tool') ? 'weather in Bern?' : 'say hello to Ada';
          const expected = await said('openai', 'plain', text, how);
          assert.ok(expected.text !== '' || expected.calls.length > 0);
          const got = await said(caller, at, text, how);
          assert.deepEqual([got.text, got.calls], [expected.text, expected.calls]);
          const called = expected.calls.length > 0;
          assert.equal(got.stop, STOPS[caller]?.[called ? 1 : 0]);
        });
      }
    }
  }

  for (const [caller, spoken] of Object.entries(SPOKEN)) {
    it(`knows names with colons: ${caller}`, async () => {
      const body = spoken.body('sim:8b', 'say hello to Ada', false, false);
      const answer = await front.ask(spoken.path('sim:8b', false), { body });
      assert.equal(answer.status, 200, answer.text);
      assert.notEqual(spoken.whole(JSON.parse(answer.text)).text, '');
    });

    it(`tells a no in the caller's own words: ${caller}`, async () => {
      const body = spoken.body('nobody/knows', 'hello', false, false);
      const answer = await front.ask(spoken.path('nobody/knows', false), { body });
      assert.equal(answer.status, 404, answer.text);
      const { error } = JSON.parse(answer.text);
      assert.ok(typeof error === 'string' ? error !== '' : error.message !== '');
    });
  }
});
