// A tenant's own model reads what patterns cannot see, before a call is routed: over real sockets,
// in every dialect, with its word in the caller's record and in the administrator's.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { SPOKEN } from './dialects.fixture.ts';
import { type Answer, chat, documents, type Gateway, startGateway } from './gateway.fixture.ts';

const CHAT = '/v1/chat/completions';
const STAGE = 'second_stage: {model: near/sim-small, timeout_ms: 400}';
let gateway: Gateway;
before(async () => {
  gateway = await startGateway((url) =>
    documents(url).replace('  acme: {}', `  acme: {sensitive: {${STAGE}}}`),
  );
});
beforeEach(() => gateway.sim.reset());
after(() => gateway.stop());

/** The sim says this to whoever asks first, which is the gateway itself. */
const reader = (names: boolean, addresses: boolean): void => {
  const text = JSON.stringify({ names, addresses });
  gateway.sim.script(`text=${encodeURIComponent(text)}`, { times: 1 });
};
async function record(answer: Answer): Promise<ReturnType<typeof JSON.parse>> {
  const decision = String(answer.headers['x-signalbox-decision-id']);
  return JSON.parse((await gateway.ask(`/v1/decisions/${decision}`)).text);
}
const NAMED = 'Anna Lindqvist lives in Storgatan 5 now.';

describe('a text that names somebody', () => {
  for (const [dialect, { path, body }] of Object.entries(SPOKEN)) {
    for (const stream of [false, true]) {
      it(`stays on tier 1: ${dialect}, ${stream ? 'streamed' : 'whole'}`, async () => {
        const send = (): Promise<Answer> => {
          const model = path('general', stream);
          return gateway.ask(model, {
            body: body('general', NAMED, stream, false),
            headers: { 'x-signalbox-session': `${dialect}-${stream}` },
          });
        };
        reader(false, false);
        const free = await send();
        assert.equal(free.status, 200, free.text);
        assert.equal(free.headers['x-signalbox-sensitivity'], 'public');
        reader(true, true);
        const held = await send();
        assert.equal(held.headers['x-signalbox-sensitivity'], 'personal(name,address)');
        assert.equal(held.headers['x-signalbox-tier'], '1');
        const { secondStage, kinds } = await record(held);
        assert.deepEqual(kinds, ['name', 'address']);
        const { tookMs, ...told } = secondStage;
        assert.ok(tookMs >= 0);
        assert.deepEqual(told, {
          ...{ outcome: 'read', types: ['name', 'address'], windows: 1 },
          ...{ endpoint: 'near', model: 'sim-small' },
        });
        assert.equal(JSON.stringify(secondStage).includes('Lindqvist'), false);
      });
    }
  }

  it('does not reach the frontier: who asks for it is told why', async () => {
    reader(true, false);
    const answer = await gateway.ask(CHAT, { body: chat('sim-frontier', 'Is Bo Ek in town?') });
    assert.equal(answer.status, 403, answer.text);
    assert.match(answer.text, /labelled `personal`/);
    assert.equal(gateway.sim.requests().completed, 1, 'the reader alone was asked');
    assert.match(gateway.metrics(), /signalbox_second_stage_total\{.*outcome="read".*\} [1-9]/);
  });
});

describe('a reader that does not answer in time', () => {
  it('leaves the text unread, which the tenant has a label for', async () => {
    gateway.sim.script('hang', { times: 1 });
    const answer = await gateway.ask(CHAT, { body: chat('general', 'how is Bo Ek?') });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers['x-signalbox-sensitivity'], 'personal(unscanned)');
    const { secondStage } = await record(answer);
    assert.equal(secondStage.outcome, 'slow');
  });
});
