// Upstreams that answer badly, each in front of callers of every dialect, whole and streamed,
// through real sockets: the caller hears an error in its own words, or the whole answer where the
// trouble does no harm, and the record says which.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SPOKEN } from './dialects.fixture.ts';
import { type Answer, type Gateway, json, startGateway } from './gateway.fixture.ts';

type Case = readonly [script: string, whole: string, streamed: string];

/** `answered`, or the fault that the record names. */
const CASES: readonly Case[] = [
  ['error-in-stream=2', 'body_error', 'body_error'],
  ['html-502', 'status', 'status'],
  ['wrong-content-type', 'answered', 'malformed'],
  ['truncate', 'malformed', 'malformed'],
  ['malformed-json=2', 'malformed', 'malformed'],
  ['die-after=2', 'closed_early', 'closed_early'],
  ['silent-after=2', 'idle_timeout', 'idle_timeout'],
  ['gzip-bomb=64', 'too_large', 'too_large'],
  ['endless-headers', 'too_large', 'too_large'],
  ['slow-bytes=300', 'total_timeout', 'total_timeout'],
  ['redirect=http://127.0.0.1:1/', 'redirected', 'redirected'],
  ['no-done', 'answered', 'answered'],
  ['two-finish', 'answered', 'answered'],
  ['comments', 'answered', 'answered'],
  ['crlf', 'answered', 'answered'],
  ['finish=unheard-of', 'answered', 'answered'],
  ['no-usage', 'answered', 'answered'],
  ['model=another-one', 'answered', 'answered'],
];

/** A translated stream names the event that it could not read by another word. */
const SAME: Readonly<Record<string, string>> = { malformed: 'body_error' };

/** An endpoint for each pair, since faults open breakers. */
const nameOf = (caller: string, script: string): string =>
  `${caller}-${CASES.findIndex(([one]) => one === script)}`;

/** Short only where the case is about time: the machine may be busy with other tests. */
const timersOf = (script: string): string => {
  if (script.startsWith('silent')) return '{idle_ms: 1000}';
  return script.startsWith('slow') ? '{total_ms: 2000}' : '{total_ms: 15000}';
};

const documents = (url: string): string => `
version: 1
server: {host: 127.0.0.1, port: 0, drain_ms_max: 200}
node: {name: n1, tier: 1}
endpoints:
${Object.keys(SPOKEN)
  .flatMap((caller) => CASES.map(([script]) => [nameOf(caller, script), script] as const))
  .map(
    ([name, script]) => `  ${name}:
    kind: sim
    url: ${url}/v1
    tier: 3
    models: {sim-frontier: {name: m-${name}}}
    headers: {forward: [x-sim]}
    timers: ${timersOf(script)}
`,
  )
  .join('')}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`;

let gateway: Gateway;
before(async () => {
  gateway = await startGateway(documents);
});
after(async () => {
  const { slots, budgets } = gateway.node.house.live.pools;
  assert.equal(slots.total(), 0, 'every place is free');
  assert.deepEqual(budgets.open(), [], 'nothing is held');
  await gateway.stop();
});

/** That an answer speaks of an error in the caller's own words, and pretends no end. */
const TELLS: Readonly<Record<string, RegExp>> = {
  openai: /\{"error":\{"type":"[a-z_]+","code":"[a-z_]+","message":"[^"]+/,
  anthropic: /\{"type":"error","error":\{"type":"[a-z_]+","message":"[^"]+/,
  gemini: /\{"error":\{"code":5\d\d,"message":"[^"]+/,
  ollama: /\{"error":"[^"]+/,
};
const ENDS = /\[DONE\]|"message_stop"|"finishReason"|"done":true|"finish_reason":"/;

function assertTold(caller: string, answer: Answer): void {
  assert.match(answer.text, TELLS[caller] ?? /$^/);
  if (answer.status !== 200) {
    assert.ok([502, 504].includes(answer.status), String(answer.status));
    assert.equal(answer.end, 'clean');
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    return;
  }
  assert.equal(answer.end, 'cut', 'an unclean end');
  assert.doesNotMatch(answer.text, ENDS);
}

describe('an upstream that answers badly', () => {
  for (const [caller, spoken] of Object.entries(SPOKEN)) {
    for (const [script, ...faults] of CASES) {
      for (const [at, stream] of [false, true].entries()) {
        const how = `${caller}, ${stream ? 'streamed' : 'whole'}`;
        it(`is told as it is, or heard in full: ${script}, ${how}`, async () => {
          const model = `m-${nameOf(caller, script)}`;
          const body = spoken.body(model, 'hello', stream, false);
          const tokens = script.startsWith('slow') ? '' : ',tokens=6';
          const headers = { 'x-sim': `${script}${tokens}` };
          const answer = await gateway.ask(spoken.path(model, stream), { body, headers });
          const decision = String(answer.headers['x-signalbox-decision-id']);
          const record = json(await gateway.ask(`/v1/decisions/${decision}`));
          const [attempt] = Object(record['attempts']);
          const fault = faults[at] ?? '';
          if (fault === 'answered') {
            assert.equal(answer.status, 200, answer.text);
            assert.equal(answer.end, 'clean');
            assert.equal(record['ending'], 'answered');
            assert.match(answer.text, /Track|siding/);
            const claimed = script.startsWith('model=') ? 'another-one' : 'sim-frontier';
            assert.equal(attempt.modelClaimed ?? attempt.model_claimed, claimed);
            return;
          }
          assertTold(caller, answer);
          assert.ok(attempt.fault === fault || attempt.fault === SAME[fault], attempt.fault);
          assert.equal(attempt.outcome, 'failed');
          assert.match(String(record['code']), /^upstream_(failed|timeout)$/);
        });
      }
    }
  }
});
