import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Routers } from '@signalbox/engine';
import { createClock, nodeDisk, readJournal } from '@signalbox/ports';
import { type Ended, parsed, serverIn, typed } from '../testing.fixture.ts';
import { openRouters } from '../up/routers.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-route-'));
const dataFolder = join(folder, '.signalbox');
after(() => rmSync(folder, { recursive: true, force: true }));

const sb = (...words: readonly string[]): Promise<Ended> => typed(folder, ['route', ...words], {});

/** Every second question is one that the weak tier fails at, by its words, or by chance. */
function rowsIn(name: string, count: number, telling: boolean): string {
  const lines = Array.from({ length: count }, (_, at) => {
    const isHard = telling ? at % 2 === 0 : (at * 7) % 11 < 5;
    const word = at % 2 === 0 ? 'prove the lemma' : 'greet the reader';
    const models = { 'tier-1': isHard ? 0 : 1, 'tier-3': 1 };
    const prompt = `Please ${word} number ${at} of ${at * 13}`;
    return JSON.stringify({ id: `${at}`, sub: 'qa', prompt, models });
  });
  writeFileSync(join(folder, name), lines.join('\n'));
  return name;
}

async function read(): Promise<string | undefined> {
  const routers = new Routers();
  const sink = { log: () => {} };
  const changed = (): void => assert.fail('nothing changes while it starts');
  const served = openRouters({ dataFolder, routers, sink, clock: createClock(), changed });
  const stop = await served.serve();
  stop();
  return routers.digest;
}

test('a router is trained, promoted for a ring, seen by the gateway, and rolled back', async () => {
  const trained = await sb('train', '--rows', rowsIn('good.jsonl', 90, true), '--json');
  assert.equal(trained.exit, 0, trained.err);
  const { router, card, may_be_promoted: may } = parsed(trained);
  assert.equal(may, true);
  assert.ok(Number(Object(card).evaluation.low) > 0.5);
  assert.equal(await read(), undefined);
  const promoted = await sb('promote', String(router), '--ring', '1', '--yes');
  assert.equal(promoted.exit, 0, promoted.err);
  assert.equal(await read(), router);
  assert.match((await sb('list')).out, /ring 1 and those before it/);
  assert.equal((await sb('rollback', '--yes')).exit, 0);
  assert.equal(await read(), undefined);
  const again = await sb('rollback', '--yes');
  assert.deepEqual([again.exit, /No router is promoted/.test(again.err)], [5, true]);
  const text = readdirSync(join(dataFolder, 'routers')).map((name) =>
    readFileSync(join(dataFolder, 'routers', name), 'latin1'),
  );
  assert.ok(!text.join('').includes('lemma'));
});

test('one that is no better than chance is not promoted', async () => {
  const trained = await sb('train', '--rows', rowsIn('chance.jsonl', 90, false), '--json');
  assert.equal(trained.exit, 0, trained.err);
  const refused = await sb('promote', String(parsed(trained)['router']), '--yes');
  assert.deepEqual([refused.exit, /not better than chance/.test(refused.err)], [1, true]);
  assert.equal(await read(), undefined);
});

test('rows that can teach nothing are refused with what is missing', async () => {
  writeFileSync(join(folder, 'one.jsonl'), '{"prompt":"x","models":{"tier-1":1}}');
  const one = await sb('train', '--rows', 'one.jsonl');
  assert.deepEqual([one.exit, /fewer than two tiers/.test(one.err)], [2, true]);
  writeFileSync(join(folder, 'same.jsonl'), '{"prompt":"x","models":{"tier-1":1,"tier-3":1}}');
  const same = await sb('train', '--rows', 'same.jsonl');
  assert.deepEqual([same.exit, /nothing to learn/.test(same.err)], [2, true]);
  const unknown = await sb('promote', '0123456789abcdef', '--yes');
  assert.equal(unknown.exit, 4);
});

test('a router whose bytes were changed is not read', async () => {
  const [name = ''] = readdirSync(join(dataFolder, 'routers')).filter((one) =>
    /\.router$/.test(one),
  );
  const path = join(dataFolder, 'routers', name);
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.of(0)]));
  assert.equal((await sb('promote', name.replace('.router', ''), '--yes')).exit, 4);
});

test('the gateway tells what it changed to, once', async () => {
  const trained = await sb('train', '--rows', rowsIn('more.jsonl', 90, true), '--json');
  const { router } = parsed(trained);
  const told: string[] = [];
  const seen = Promise.withResolvers<void>();
  const served = openRouters({
    ...{ dataFolder, routers: new Routers(), sink: { log: () => {} }, clock: createClock() },
    changed: ({ what, by, detail }) => {
      told.push(String(detail?.['from']), what, by);
      seen.resolve();
    },
  });
  const stop = await served.serve();
  try {
    await sb('promote', String(router), '--yes');
    await seen.promise;
    assert.deepEqual(told, ['none', `${router} for all`, 'command line']);
  } finally {
    stop();
  }
});

test('back goes only what can be read; faults of file and journal are told apart', async () => {
  const train = async (name: string): Promise<string> =>
    String(parsed(await sb('train', '--rows', rowsIn(name, 90, true), '--json'))['router']);
  const [good, bad] = [await train('before.jsonl'), await train('after.jsonl')];
  const fileOf = (digest: string): string => join(dataFolder, 'routers', `${digest}.router`);
  const logged: (readonly [string, object])[] = [];
  const routers = new Routers();
  const served = openRouters({
    ...{ dataFolder, routers, clock: createClock() },
    sink: { log: (_level, what, more) => void logged.push([what, more]) },
    changed: () => {
      throw new Error('no room');
    },
  });
  const stops = [await served.serve()];
  try {
    for (const digest of [good, bad]) {
      const done = await served.carryOut({ deed: 'promote', digest, ring: null }, 'jane');
      assert.equal(done.kind, 'done');
    }
    const change = { from: `${good} for all`, to: `${bad} for all`, by: 'jane', why: 'no room' };
    assert.deepEqual(logged.at(-1), ['router-change-unrecorded', change]);
    assert.ok(!logged.some(([what]) => what === 'router-unread'));
    rmSync(fileOf(good));
    const refused = await served.carryOut({ deed: 'rollback', digest: bad }, 'jane');
    assert.match(JSON.stringify(refused), new RegExp(`"refused".*${good}.*cannot be read`));
    assert.deepEqual([routers.digest, (await served.one(bad))?.stage?.digest], [bad, bad]);
    const typed = await sb('rollback', '--yes');
    assert.deepEqual([typed.exit, /cannot be read/.test(typed.err)], [5, true], typed.err);
    rmSync(fileOf(bad));
    stops.push(await served.serve());
    assert.deepEqual(logged.at(-1), ['router-unread', { why: `the router ${bad} cannot be read` }]);
  } finally {
    for (const stop of stops) stop();
  }
});

test('calls and what was said of them teach a router for their tenant', async (context) => {
  const calling = mkdtempSync(join(tmpdir(), 'signalbox-taught-'));
  context.after(() => rmSync(calling, { recursive: true, force: true }));
  const train = (...words: readonly string[]): Promise<Ended> =>
    typed(calling, ['route', 'train', '--journal', ...words]);
  const none = await train();
  assert.deepEqual([none.exit, /holds no features/.test(none.err)], [1, true], none.err);
  const server = await serverIn(context, calling);
  const post = async (path: string, body: object): Promise<Response> => {
    const headers = { authorization: `Bearer ${server.demo?.key.reveal()}` };
    const answer = await fetch(`${server.url}${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: { ...headers, 'content-type': 'application/json' },
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer;
  };
  const ask = async (at: number): Promise<string> => {
    const word = at % 2 === 0 ? 'prove the lemma' : 'greet the reader';
    const content = `Please ${word} number ${at} of ${at * 13}`;
    const messages = [{ role: 'user', content }];
    const body = { model: 'auto', metadata: { step: 'qa' }, messages };
    const answer = await post('/v1/chat/completions', body);
    return String(answer.headers.get('x-signalbox-decision-id'));
  };
  const decisions: string[] = [];
  for (let at = 0; at < 60; at += 1) decisions.push(await ask(at));
  const unsaid = await train();
  assert.deepEqual([unsaid.exit, /none is labelled/.test(unsaid.err)], [1, true], unsaid.err);
  for (const [at, decision] of decisions.entries()) {
    await post('/v1/feedback', { decision, ok: at % 2 === 1, tier: 1 });
    await post('/v1/feedback', { decision, ok: true, tier: 3 });
  }
  const trained = await train('--tenant', 'demo', '--json');
  assert.equal(trained.exit, 0, trained.err);
  const { card, may_be_promoted: may } = parsed(trained);
  const { origins, sources, families, evaluation } = Object(card);
  assert.deepEqual([origins, sources, families], [{ feedback: 120 }, ['journal'], { demo: 60 }]);
  assert.ok(evaluation.low > 0.5);
  assert.equal(may, true);
  const alone = await train('--json');
  const { own, rows, labels } = Object(parsed(alone)['card']);
  assert.deepEqual([own, rows, labels], [{ demo: 60 }, 0, { 'tier-1': 60, 'tier-3': 60 }]);
  assert.equal(parsed(alone)['may_be_promoted'], false, 'its one step tells no call from another');
  writeFileSync(join(calling, 'base.jsonl'), readFileSync(join(folder, 'good.jsonl')));
  const both = Object(parsed(await train('--rows', 'base.jsonl', '--json'))['card']);
  assert.deepEqual([both.rows, both.own, both.evaluation.rows], [90, { demo: 60 }, 150]);
  assert.ok(both.evaluation.low > 0.5);
  const misused = await train('--rows', 'base.jsonl', '--tenant', 'demo');
  assert.deepEqual([misused.exit, /for this tenant and nobody else/.test(misused.err)], [2, true]);
  const others = await train('--tenant', 'nobody');
  assert.deepEqual([others.exit, /no features/.test(others.err)], [1, true]);

  const admin = async (method: string, path: string, body?: object): Promise<[number, object]> => {
    const key = readFileSync(join(calling, '.signalbox', 'admin.key'), 'utf8').trim();
    const answer = await fetch(`${server.url}/admin/v1/routers${path}`, {
      ...{ method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
    return [answer.status, Object(await answer.json())];
  };
  const fit = String(parsed(trained)['router']);
  const unfit = String(parsed(alone)['router']);
  const [, listed] = await admin('GET', '');
  const rowOf = (name: string): { unfit: string | null; promoted: object | null } =>
    Object(Object(listed).data.find((one: { name: string }) => one.name === name));
  assert.deepEqual([rowOf(fit).unfit, rowOf(fit).promoted], [null, null]);
  assert.match(String(rowOf(unfit).unfit), /not better than chance/);
  assert.equal((await admin('POST', `/${unfit}/promote`, {}))[0], 409);
  assert.equal((await admin('POST', '/0123456789abcdef/promote', {}))[0], 404);
  assert.equal((await admin('POST', `/${fit}/promote`, { ring: 'x' }))[0], 400);
  const promoted = await admin('POST', `/${fit}/promote`, { ring: null });
  assert.deepEqual(promoted, [200, { name: fit, ring: null }]);
  assert.deepEqual(Object((await admin('GET', `/${fit}`))[1]).promoted, { ring: null });
  const deciding = async (): Promise<unknown> => {
    const record = await fetch(`${server.url}/v1/decisions/${await ask(1)}`, {
      headers: { authorization: `Bearer ${server.demo?.key.reveal()}` },
    });
    return Object(await record.json()).routed?.router;
  };
  assert.equal(await deciding(), fit, 'it decides when the answer comes');
  assert.equal((await admin('POST', `/${unfit}/rollback`, {}))[0], 409);
  assert.deepEqual(await admin('POST', `/${fit}/rollback`, {}), [200, { name: null, ring: null }]);
  assert.equal(await deciding(), undefined);
  await server.stop();
  const acts: unknown[] = [];
  const start = { position: { segment: 0, offset: 0 } };
  await readJournal(nodeDisk(), join(calling, '.signalbox', 'journal'), start, (entry) => {
    const { act, by, what } = Object(JSON.parse(entry.bodyText ?? '{}'));
    if (act === 'router-changed') acts.push([by, what]);
    return true;
  });
  assert.deepEqual(acts, [
    ['operator', `${fit} for all`],
    ['operator', 'none'],
  ]);
});
