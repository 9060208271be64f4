// What a router may learn from: features of calls, kept or not, and what callers say of answers.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decisionId, requestId } from '@signalbox/contract';
import { unpackTerms } from '@signalbox/engine';
import { dayOpener } from '@signalbox/ports';
import {
  type Answer,
  chat,
  documents,
  type Gateway,
  json,
  refused,
  startGateway,
  until,
} from './gateway.fixture.ts';
import { RecentFeedback, type Word } from './recent-feedback.ts';

const yaml = (url: string): string =>
  documents(url)
    .replace('  other: {}', '  other: {features_up_to: none}')
    .replace(
      'keys:',
      'keys:\n  open: {tenant: open, secret: "env:OPEN"}' +
        '\n  audit: {tenant: acme, secret: "env:AUDIT", scopes: [audit]}',
    )
    .replace('  acme: {}', '  acme: {}\n  open: {features_up_to: personal}');

let gateway: Gateway;
before(async () => {
  gateway = await startGateway(yaml);
});
after(() => gateway.stop());

type Made = { readonly answer: Answer; readonly decision: string };

async function made(content: string, key = 'main', more: object = {}): Promise<Made> {
  const answer = await gateway.ask('/v1/chat/completions', {
    body: chat('auto', content, { metadata: { step: 'qa' }, ...more }),
    key: gateway.key(key),
  });
  return { answer, decision: String(answer.headers['x-signalbox-decision-id']) };
}

async function isKept({ answer, decision }: Made): Promise<boolean> {
  assert.equal(answer.status, 200, answer.text);
  const all = await gateway.entries('features');
  return all.some(({ call }) => call === `req_${decision.slice('dec_'.length)}`);
}

describe('features of a call', () => {
  it('are kept of `auto`, sealed, and open to the same hashes for its tenant alone', async () => {
    const text = 'How many zebras live in Botswana?';
    const call = await made(text);
    assert.equal(await isKept(call), true);
    const { body, tenant } = (await gateway.entries('features')).at(-1) ?? {};
    assert.deepEqual([tenant, Object.keys(Object(body))], ['acme', ['sealed']]);
    const open = await dayOpener(join(gateway.dataFolder, 'days'));
    const { sealed } = Object(body);
    const terms = unpackTerms(open('acme', sealed) ?? new Uint8Array());
    assert.equal(terms?.words.length, 7, 'six words and a mark');
    assert.equal(open('other', sealed), undefined);
    assert.ok(!JSON.stringify(body).includes('zebra'));
  });

  it('are not kept of what is sensitive, unless the document of the tenant lets it', async () => {
    const text = 'Write to anna.svensson@contoso.se about the zebras.';
    assert.equal(await isKept(await made(text)), false);
    assert.equal(await isKept(await made(text, 'open')), true);
    const health = { ...chat('auto', 'x'), metadata: { step: 'qa' } };
    const answer = await gateway.ask('/v1/chat/completions', {
      ...{ body: health, key: gateway.key('open') },
      headers: { 'x-signalbox-sensitivity': 'regulated' },
    });
    const decision = String(answer.headers['x-signalbox-decision-id']);
    assert.equal(await isKept({ answer, decision }), false);
  });

  it('are not kept where a model is named, no step is known or the tenant wants none', async () => {
    assert.equal(await isKept(await made('x', 'main', { model: 'sim-small' })), false);
    assert.equal(await isKept(await made('zzz qqq', 'main', { metadata: {} })), false);
    assert.equal(await isKept(await made('x', 'stranger')), false);
    assert.equal(await isKept(await made('word '.repeat(2_000))), false);
  });

  it('are not kept where nothing is kept, from the next document on', async () => {
    await gateway.swap(`${yaml(gateway.sim.url)}routing: {features_keep: 0}\n`);
    assert.equal(await isKept(await made('x')), false);
    await gateway.swap(yaml(gateway.sim.url));
    assert.equal(await isKept(await made('x')), true);
  });
});

describe('feedback', () => {
  const say = (body: object | string, key = 'main'): Promise<Answer> =>
    gateway.ask('/v1/feedback', { body, key: gateway.key(key) });
  const told = async (decision: string): Promise<readonly unknown[]> =>
    (await gateway.entries('feedback'))
      .map(({ body }) => Object(body))
      .filter((one) => one.decision === decision)
      .map(({ tier, score, key }) => [tier, score, key]);

  /** Of a decision that the records show: nothing but a word of it waits for the disk. */
  async function recorded(): Promise<string> {
    const { decision } = await made('Is it so?');
    assert.equal((await gateway.ask(`/v1/decisions/${decision}`)).status, 200);
    return decision;
  }

  it('goes to the journal once, and is shown with the decision', async () => {
    const { decision } = await made('Is it so?');
    const answer = await say({ decision, ok: true });
    assert.deepEqual(json(answer), {
      ...{ object: 'feedback', decision, tier: 1, score: 1, by: 'caller' },
    });
    assert.equal((await say({ decision, score: 1 }, 'plain')).status, 200);
    assert.deepEqual(await told(decision), [[1, 1, 'main']]);
    assert.equal((await say({ decision, tier: 3, score: 0.25 })).status, 200);
    const device = await say({ decision, tier: 1, score: 0.4, by: 'device' });
    assert.equal(device.status, 200);
    assert.equal((await say({ decision, ok: false })).status, 200);
    assert.deepEqual((await told(decision)).slice(1), [
      [3, 0.25, 'main'],
      [1, 0.4, 'main'],
      [1, 0, 'main'],
    ]);
    for (const key of ['main', 'plain']) {
      let seen: unknown;
      for (let tries = 0; tries < 100 && JSON.stringify(seen)?.includes('"score":0,') !== true; ) {
        tries += 1;
        const path = `/v1/decisions/${decision}`;
        seen = json(await gateway.ask(path, { key: gateway.key(key) }))['feedback'];
      }
      assert.deepEqual(seen, [
        { tier: 1, score: 0, by: 'caller' },
        { tier: 1, score: 0.4, by: 'device' },
        { tier: 3, score: 0.25, by: 'caller' },
      ]);
    }
  });

  it('said again before the records show the last word is written', () => {
    const recent = new RecentFeedback();
    const id = decisionId(requestId(0, new Uint8Array(10)), 1);
    const word = (score: number): Word => ({ tier: 1, by: 'caller', score });
    // The records show 1, and do so still when 0 was said.
    assert.equal(recent.say(id, word(1), true), 'stored');
    assert.equal(recent.say(id, word(0), false), 'new');
    assert.equal(recent.say(id, word(1), true), 'new');
    assert.equal(recent.say(id, word(1), true), 'known');
  });

  it('that could not be written is not taken, however often it is said', async (context) => {
    const decision = await recorded();
    const { store } = gateway.node.house.ports;
    const lost = context.mock.method(store, 'durable', (done: (ok: boolean) => void) =>
      done(false),
    );
    // More often than a word may be changed: none of these counts. The entries wait on.
    for (let times = 0; times < 10; times += 1) {
      refused(await say({ decision, ok: true }), 503, 'journal_unavailable');
    }
    lost.mock.restore();
    assert.equal((await say({ decision, ok: true })).status, 200);
    assert.ok((await told(decision)).length > 0);
  });

  it('said twice at once is taken when it is on the disk, not before', async (context) => {
    const decision = await recorded();
    const { store } = gateway.node.house.ports;
    const waiting: ((ok: boolean) => void)[] = [];
    const held = context.mock.method(store, 'durable', (done: (ok: boolean) => void) => {
      waiting.push(done);
    });
    const both = [say({ decision, ok: true }), say({ decision, ok: true })];
    await until('both wait for the disk', () => waiting.length === 2);
    for (const done of waiting) done(true);
    for (const answer of await Promise.all(both)) assert.equal(answer.status, 200);
    held.mock.restore();
    assert.equal((await told(decision)).length, 1);
  });

  it('is taken of own decisions alone, by keys that may call', async () => {
    const { decision } = await made('Is it so?');
    const theirs = refused(await say({ decision, ok: true }, 'stranger'), 404, 'decision_unknown');
    const nobodys = await say({ decision: `dec_${'0'.repeat(26)}`, ok: true });
    assert.equal(theirs['message'], refused(nobodys, 404, 'decision_unknown')['message']);
    refused(await say({ decision, ok: true }, 'audit'), 403, 'not_entitled');
    refused(await gateway.ask('/v1/feedback', { body: {}, key: '' }), 401, 'key_missing');
    refused(await gateway.ask('/v1/feedback', {}), 405, 'method_not_allowed');
    assert.deepEqual(await told(decision), []);
  });

  it('that cannot be read is refused with what is wrong', async () => {
    const { decision } = await made('Is it so?');
    const wrong: readonly (readonly [body: object | string, param: string])[] = [
      ['{', 'body'],
      [[1], 'body'],
      [{ decision, ok: true, why: 'x' }, 'body'],
      [{ ok: true }, 'decision'],
      [{ decision: 'dec_1', ok: true }, 'decision'],
      [{ decision }, 'score'],
      [{ decision, ok: true, score: 1 }, 'score'],
      [{ decision, score: 1.5 }, 'score'],
      [{ decision, score: null }, 'score'],
      [{ decision, ok: 1 }, 'ok'],
      [{ decision, ok: true, tier: 4 }, 'tier'],
      [{ decision, ok: true, by: 'me' }, 'by'],
      [{ decision, score: 0.5, by: 'device' }, 'tier'],
    ];
    for (const [body, param] of wrong) {
      assert.equal(refused(await say(body), 400, 'body_invalid')['param'], param);
    }
    const large = await say({ decision, ok: true, why: 'x'.repeat(5_000) });
    refused(large, 413, 'body_too_large');
    const failed = await gateway.ask('/v1/chat/completions', { body: chat('nothing', 'x') });
    const refusedCall = String(failed.headers['x-signalbox-decision-id']);
    const none = refused(await say({ decision: refusedCall, ok: true }), 400, 'body_invalid');
    assert.match(String(none['message']), /no whole answer/);
  });

  it('is bounded', async () => {
    const { decision } = await made('Is it so?');
    for (let times = 1; times <= 8; times += 1) {
      assert.equal((await say({ decision, score: times / 10 })).status, 200);
    }
    const often = await say({ decision, score: 0.9 });
    refused(often, 429, 'rate_limited');
    assert.equal((await say({ decision, score: 0.8 })).status, 200, 'what holds may be said again');
    assert.equal((await told(decision)).length, 8);
  });
});
