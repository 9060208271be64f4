// The pages beside the calls, and who may see what.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CODES } from '@signalbox/contract';
import {
  ADMIN_KEY,
  ask,
  chat,
  documents,
  type Gateway,
  json,
  refused,
  startGateway,
} from './gateway.fixture.ts';

let gateway: Gateway;
before(async () => {
  gateway = await startGateway(documents);
});
after(() => gateway.stop());

const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce((held: unknown, key) => Reflect.get(Object(held), key), value);

describe('pages that ask for no key', () => {
  it('say that the gateway is alive', async () => {
    const answer = await ask(gateway.port, '/healthz', {});
    assert.equal(answer.status, 200);
    assert.deepEqual(json(answer), { status: 'alive', version: '0.0.0' });
    const head = await ask(gateway.port, '/healthz', { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
  });

  it('say in which mode it serves', async () => {
    const answer = await ask(gateway.port, '/readyz', {});
    assert.equal(answer.status, 200);
    // Those that nobody listens for were asked at the start, and may be known to be down.
    const reasons = at(json(answer), 'reasons');
    assert.ok(Array.isArray(reasons));
    assert.deepEqual(
      reasons.filter((one) => !/^dead(-\d)?: refuses connections/.test(String(one))),
      [],
    );
    assert.equal(json(answer)['mode'], reasons.length === 0 ? 'ready' : 'degraded');
    gateway.node.troubled('signalbox.yaml: line 3');
    const troubled = await ask(gateway.port, '/readyz', {});
    assert.equal(troubled.status, 200, 'the documents before it go on');
    assert.equal(json(troubled)['mode'], 'degraded');
    assert.match(troubled.text, /line 3/);
    gateway.node.troubled(undefined);
  });

  it('describe what there is', async () => {
    const answer = await ask(gateway.port, '/openapi.json', {});
    const document = json(answer);
    assert.equal(document['openapi'], '3.1.0');
    const paths = Object.keys(Object(document['paths']));
    for (const path of ['/v1/chat/completions', '/v1/responses', '/v1/route/explain', '/readyz']) {
      assert.ok(paths.includes(path), path);
    }
    const codes = at(
      document,
      'components',
      'schemas',
      'Error',
      'properties',
      'error',
      'properties',
    );
    assert.deepEqual(at(codes, 'code', 'enum'), Object.keys(CODES));
  });
});

describe('metrics', () => {
  it('are for who has the admin key', async () => {
    refused(await ask(gateway.port, '/metrics', {}), 401, 'key_missing');
    refused(await gateway.ask('/metrics'), 401, 'key_invalid');
    await gateway.ask('/v1/chat/completions', { body: chat('sim-small', 'x') });
    // A record is counted when its batch is written.
    await gateway.ask('/v1/decisions/dec_00000000000000000000000000');
    const answer = await ask(gateway.port, '/metrics', { key: ADMIN_KEY });
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(answer.text, /calls_total\{[^}]*ending="answered"[^}]*\} \d+/);
    assert.doesNotMatch(answer.text, /sbx_|refund/);
  });
});

describe('models', () => {
  it('are those that the key may call', async () => {
    const list = json(await gateway.ask('/v1/models'));
    assert.equal(list['object'], 'list');
    const data = Object(list['data']) as {
      id: string;
      signalbox: { kind: string; tiers: number[] };
    }[];
    const byId = new Map(data.map((one) => [one.id, one.signalbox]));
    assert.deepEqual(byId.get('sim-frontier'), { kind: 'model', tiers: [3] });
    assert.deepEqual(byId.get('general'), { kind: 'alias', tiers: [1, 3] });
    assert.deepEqual(byId.get('auto'), { kind: 'auto', tiers: [1, 2, 3] });
    assert.equal(json(await gateway.ask('/v1/models/sim-small'))['id'], 'sim-small');
    refused(await gateway.ask('/v1/models/nothing'), 404, 'model_unknown');
    refused(await ask(gateway.port, '/v1/models', {}), 401, 'key_missing');
    refused(await ask(gateway.port, '/v1/models', { key: 'sbx_no' }), 401, 'key_invalid');
  });

  it('say on which tiers this key may have them', async () => {
    const { sim } = gateway;
    await gateway.swap(
      documents(sim.url).replace('explain]}\n  plain', 'explain], tiers: [1]}\n  plain'),
    );
    const list = json(await gateway.ask('/v1/models'));
    const tiers = Object(list['data']).map((one: object) => [
      at(one, 'id'),
      at(one, 'signalbox', 'tiers'),
    ]);
    const byId = new Map(tiers);
    assert.deepEqual([byId.get('auto'), byId.get('general')], [[1], [1]]);
    assert.equal(byId.has('sim-frontier'), false, 'it may not be called at all');
    await gateway.swap(documents(sim.url));
  });

  it('are those that the tenant has: its own names too, and not what it hides', async () => {
    const { sim } = gateway;
    const own = 'acme: {models: {hide: [sim-frontier], rename: {ours: sim-small}}}';
    await gateway.swap(documents(sim.url).replace('acme: {}', own));
    const data: unknown = json(await gateway.ask('/v1/models'))['data'];
    const ids = (Array.isArray(data) ? data : []).map((one: unknown) => at(one, 'id'));
    assert.ok(ids.includes('ours') && !ids.includes('sim-frontier'), ids.join());
    await gateway.swap(documents(sim.url));
  });

  it('are asked for with any of the usual headers', async () => {
    const key = gateway.key('main');
    for (const name of ['x-api-key', 'x-goog-api-key']) {
      const answer = await ask(gateway.port, '/v1/models', { headers: { [name]: key } });
      assert.equal(answer.status, 200, name);
    }
    const lower = await ask(gateway.port, '/v1/models', {
      headers: { authorization: `bearer ${key}` },
    });
    assert.equal(lower.status, 200);
  });
});

describe('the page of a key', () => {
  it('says what it may do and has left', async () => {
    const page = json(await gateway.ask('/v1/key'));
    assert.deepEqual(
      [page['key'], page['tenant'], page['scopes'], page['budgets']],
      ['main', 'acme', ['call', 'explain'], []],
    );
    assert.doesNotMatch(JSON.stringify(page), /sbx_/);
  });
});

describe('a dry run', () => {
  const body = chat('auto', 'prove the lemma');

  it('names every candidate and gate, the rule and the price, and calls nobody', async () => {
    const before = gateway.sim.requests().received;
    const page = json(await gateway.ask('/v1/route/explain', { body }));
    assert.equal(page['allowed'], true);
    assert.deepEqual([page['tier'], page['endpoint'], page['model']], [3, 'far', 'sim-frontier']);
    assert.deepEqual(page['clearance'], {
      ceiling: 3,
      residency: null,
      retention: 'standard',
      own_only: false,
    });
    const names = Object(page['candidates']).map((one: object) => at(one, 'endpoint'));
    assert.deepEqual(names.toSorted(), ['dead', 'dead-1', 'dead-2', 'far', 'middle', 'near']);
    const near = Object(page['candidates']).find((one: object) => at(one, 'endpoint') === 'near');
    assert.deepEqual(at(near, 'gates'), ['notNeeded']);
    assert.equal(typeof at(near, 'why', 0), 'string');
    assert.ok(Number(page['estimate_micro_usd']) > 0);
    assert.equal(gateway.sim.requests().received, before);
  });

  it('names the demands of a need that each candidate does not meet', async () => {
    const asked = chat('need:output=video,zero-retention,language=de', 'x');
    const page = json(await gateway.ask('/v1/route/explain', { body: asked }));
    assert.deepEqual([page['allowed'], at(page, 'refusal', 'code')], [false, 'need_unsatisfiable']);
    const far = Object(page['candidates']).find((one: object) => at(one, 'endpoint') === 'far');
    assert.deepEqual(at(far, 'unmet'), ['output=video', 'zero-retention', 'language=de']);
  });

  it('predicts of every candidate what it costs at most and how long it takes', async () => {
    const predict = async (stream: boolean) => {
      const asked = { ...body, max_tokens: 100, stream };
      const page = json(await gateway.ask('/v1/route/explain', { body: asked }));
      const found = (name: string) =>
        Object(page['candidates']).find((one: object) => at(one, 'endpoint') === name);
      return { far: found('far'), dead: found('dead') };
    };
    const { far, dead } = await predict(false);
    // A dollar per million tokens is a micro-dollar a token; the input is counted by its bytes.
    const inputTokens = Math.ceil(
      JSON.stringify({ ...body, max_tokens: 100, stream: false }).length / 4,
    );
    assert.equal(at(far, 'estimate_micro_usd'), inputTokens * 3 + 100 * 15);
    const expected = ['expected_first_byte_ms', 'expected_ms', 'expected_why'];
    const of = (one: unknown) => expected.map((name) => at(one, name));
    assert.deepEqual(of(dead), [null, null, 'not measured yet']);
    await gateway.ask('/v1/chat/completions', { body: chat('sim-frontier', 'x') });
    const [first, whole, why] = of((await predict(false)).far);
    assert.ok(Number(whole) > 0);
    assert.deepEqual([first, why], [whole, null]);
    await gateway.ask('/v1/chat/completions', {
      body: chat('sim-frontier', 'x', { stream: true }),
    });
    const [byte, all] = of((await predict(true)).far);
    assert.ok(Number(byte) > 0 && Number(byte) <= Number(all), `${byte} of ${all}`);
  });

  it('says that a cost is not known where the price is not', async () => {
    const { sim } = gateway;
    await gateway.swap(documents(sim.url).replace(/ {4}price: .*\n/, ''));
    const page = json(await gateway.ask('/v1/route/explain', { body: chat('sim-frontier', 'x') }));
    assert.equal(at(page, 'candidates', 0, 'estimate_micro_usd'), null);
    await gateway.swap(documents(sim.url));
  });

  it('shows why a call would be refused', async () => {
    const page = json(
      await gateway.ask('/v1/route/explain', {
        body: chat('sim-frontier', 'x'),
        headers: { 'x-signalbox-sensitivity': 'regulated' },
      }),
    );
    assert.equal(page['allowed'], false);
    assert.equal(at(page, 'refusal', 'code'), 'no_eligible_route');
    assert.deepEqual(at(page, 'candidates', 0, 'gates'), ['tier']);
  });

  it('tells a key without the scope no more than tier, endpoint and gate', async () => {
    const key = gateway.key('plain');
    const page = json(await gateway.ask('/v1/route/explain', { body, key }));
    assert.deepEqual(Object.keys(page).toSorted(), [
      ...['allowed', 'candidates', 'endpoint', 'object', 'refusal', 'tier'],
    ]);
    for (const candidate of Object(page['candidates'])) {
      assert.deepEqual(Object.keys(candidate).toSorted(), ['endpoint', 'gates', 'tier']);
    }
  });

  it('takes completions and responses as well', async () => {
    for (const body of [
      { model: 'sim-small', prompt: 'x' },
      { model: 'sim-small', input: 'x' },
    ]) {
      const answer = await gateway.ask('/v1/route/explain', { body });
      assert.equal(json(answer)['allowed'], true, answer.text);
    }
  });

  it('takes the operation from the caller: `input` alone may be two things', async () => {
    const { sim } = gateway;
    const far = 'models: {sim-frontier: {}}';
    const embeds = 'models: {sim-frontier: {}, embedder: {capabilities: [embeddings]}}';
    await gateway.swap(documents(sim.url).replace(far, embeds));
    const gatesOf = async (query: string, path = 'explain') => {
      const asked = { model: 'embedder', input: 'x' };
      const body = path === 'explain' ? asked : { requests: [asked] };
      const page = json(await gateway.ask(`/v1/route/${path}${query}`, { body }));
      return at(path === 'explain' ? page : at(page, 'data', 0), 'candidates', 0, 'gates');
    };
    assert.deepEqual(await gatesOf(''), ['operation']);
    assert.deepEqual(await gatesOf('?operation=response'), ['operation']);
    assert.deepEqual(await gatesOf('?operation=embedding'), []);
    assert.deepEqual(await gatesOf('?operation=embedding', 'simulate'), []);
    await gateway.swap(documents(sim.url));
  });

  it('refuses an operation that there is not, and a body that is for another', async () => {
    const explain = (query: string, path = 'explain') =>
      gateway.ask(`/v1/route/${path}${query}`, { body });
    for (const query of ['?operation=', '?operation=Chat', '?operation=__proto__']) {
      const error = refused(await explain(query), 400, 'body_invalid');
      assert.equal(error['param'], 'operation', query);
      refused(await explain(query, 'simulate'), 400, 'body_invalid');
    }
    refused(await explain('?operation=chat&operation=embedding'), 400, 'body_invalid');
    const other = refused(await explain('?operation=completion'), 400, 'body_invalid');
    assert.equal(other['param'], 'prompt');
    const nobody = { body, key: '' };
    refused(await gateway.ask('/v1/route/explain?operation=no', nobody), 401, 'key_missing');
  });

  it('is refused as the call would be when there is nothing to show', async () => {
    const explain = (body: object | string, key?: string) =>
      gateway.ask('/v1/route/explain', { body, ...(key === undefined ? {} : { key }) });
    refused(await explain(chat('nothing', 'x')), 404, 'model_unknown');
    refused(await explain('{'), 400, 'body_invalid');
    refused(await explain(body, ''), 401, 'key_missing');
    refused(await explain(body, 'no'), 401, 'key_invalid');
  });

  it('may be a batch', async () => {
    const requests = [body, chat('nothing', 'x'), { model: 'sim-small' }, 7];
    const page = json(await gateway.ask('/v1/route/simulate', { body: { requests } }));
    const verdicts = Object(page['data']).map((one: object) => [
      at(one, 'allowed'),
      at(one, 'refusal', 'code'),
    ]);
    assert.deepEqual(verdicts, [
      [true, undefined],
      [false, 'model_unknown'],
      [false, 'body_invalid'],
      [false, 'body_invalid'],
    ]);
  });

  it('of a batch asks for the key before the body, and bounds it', async () => {
    const simulate = (body: object | string, key?: string) =>
      gateway.ask('/v1/route/simulate', { body, ...(key === undefined ? {} : { key }) });
    refused(await simulate({ requests: [] }, ''), 401, 'key_missing');
    refused(await simulate('{', 'no'), 401, 'key_invalid');
    assert.deepEqual(json(await simulate({ requests: [] }))['data'], []);
    refused(await simulate({}), 400, 'body_invalid');
    refused(await simulate({ requests: {} }), 400, 'body_invalid');
    refused(await simulate({ requests: Array(101).fill(body) }), 400, 'body_invalid');
    refused(await simulate(`{"requests":[${'['.repeat(100_000)}`), 400, 'body_invalid');
  });
});

describe('a decision', () => {
  const made = async (name: string): Promise<string> => {
    const answer = await gateway.ask('/v1/chat/completions', {
      body: chat('sim-small', 'the content of a prompt'),
      key: gateway.key(name),
    });
    return String(answer.headers['x-signalbox-decision-id']);
  };
  const look = (decision: string, name = 'main') =>
    gateway.ask(`/v1/decisions/${decision}`, { key: gateway.key(name) });

  it('is the whole record for a key with the scope', async () => {
    const decision = await made('main');
    const answer = await look(decision);
    const record = json(answer);
    assert.equal(record['decision'], decision);
    assert.deepEqual(
      [record['tenant'], record['ending'], record['status']],
      ['acme', 'answered', 200],
    );
    assert.equal(at(record, 'attempts', 0, 'endpoint'), 'near');
    assert.deepEqual(at(record, 'candidates', 0, 'gates'), []);
    assert.doesNotMatch(answer.text, /content of a prompt|sbx_/);
  });

  it('is tier, endpoint, gates and cost for a key without it', async () => {
    const record = json(await look(await made('plain'), 'plain'));
    assert.deepEqual([record['tier'], record['endpoint'], record['gates']], [1, 'near', []]);
    assert.equal(record['candidates'], undefined);
    assert.equal(record['session'], undefined);
    assert.equal(typeof record['cost_nano_usd'], 'string');
  });

  it('is not there for another tenant, as if it did not exist', async () => {
    const decision = await made('main');
    const theirs = refused(await look(decision, 'stranger'), 404, 'decision_unknown');
    const nobodys = refused(await look(`dec_${'0'.repeat(26)}`), 404, 'decision_unknown');
    assert.equal(theirs['message'], nobodys['message']);
    assert.equal((await look(decision, 'plain')).status, 200, 'the tenant is the same');
    refused(await look('nonsense'), 404, 'decision_unknown');
    refused(await ask(gateway.port, `/v1/decisions/${decision}`, {}), 401, 'key_missing');
  });

  it('is there for a refused call too', async () => {
    const answer = await gateway.ask('/v1/chat/completions', { body: chat('nothing', 'x') });
    const error = refused(answer, 404, 'model_unknown');
    assert.equal(error['decision_id'], answer.headers['x-signalbox-decision-id']);
    assert.equal(json(await look(String(error['decision_id'])))['code'], 'model_unknown');
  });

  it('names the gates of every candidate of a call that nothing may serve', async () => {
    const answer = await gateway.ask('/v1/chat/completions', {
      body: chat('sim-frontier', 'x'),
      headers: { 'x-signalbox-sensitivity': 'internal' },
    });
    const error = refused(answer, 403, 'no_eligible_route');
    const record = json(await look(String(error['decision_id'])));
    assert.deepEqual(at(record, 'candidates', 0, 'endpoint'), 'far');
    assert.deepEqual(at(record, 'candidates', 0, 'gates'), ['tier']);
    assert.equal(at(record, 'clearance', 'ceiling'), 2);
  });
});

describe('documents that are swapped', () => {
  it('hold from the next call on', async () => {
    const url = gateway.sim.url;
    await gateway.swap(documents(url).replace('acme: {}', 'acme: {default_label: regulated}'));
    const answer = await gateway.ask('/v1/chat/completions', { body: chat('sim-frontier', 'x') });
    refused(answer, 403, 'no_eligible_route');
    assert.equal(answer.headers['x-should-retry'], 'false');
    await gateway.swap(documents(url));
    const again = await gateway.ask('/v1/chat/completions', { body: chat('sim-frontier', 'x') });
    assert.equal(again.status, 200);
  });
});
