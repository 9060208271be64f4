// Who may use what only passes: money, plans, retention, and endpoints that are one tenant's alone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Answer, type Gateway, json, refused, startGateway } from './gateway.fixture.ts';

const yaml = (url: string): string => `
version: 1
server: {host: 127.0.0.1, port: 0}
node: {name: n1, tier: 1}
endpoints:
  near: {kind: sim, url: "${url}/v1", tier: 1, models: {sim-small: {}}}
  middle: {kind: sim, url: "${url}/v1", tier: 2, models: {sim-medium: {}}}
  mine: {kind: sim, url: "${url}/v1", tier: 1, tenant: acme, models: {sim-frontier: {}}}
plans:
  narrow: {models: [sim-small]}
policies:
  careful: {rules: [{name: no-deleting, when: {agent: robot}, tools: {deny: ["delete_*"]}}]}
tenants:
  acme: {}
  careful: {policies: [careful]}
  poor: {budget: {amount_usd: 5, per: day}}
  planned: {plan: narrow}
  zero: {retention: zero, unscanned_label: public}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
  careful: {tenant: careful, secret: "env:CAREFUL"}
  poor: {tenant: poor, secret: "env:POOR"}
  planned: {tenant: planned, secret: "env:PLANNED"}
  zero: {tenant: zero, secret: "env:ZERO"}
`;

let gateway: Gateway;
before(async () => {
  gateway = await startGateway(yaml);
});
after(() => gateway.stop());

const upload = (
  key: string,
  query = '',
  headers: Record<string, string> = {},
  text = 'text',
): Promise<Answer> => {
  const head = 'content-disposition: form-data; name="file"; filename="a.txt"';
  const body = `--b\r\n${head}\r\n\r\n${text}\r\n--b--\r\n`;
  const type = { 'content-type': 'multipart/form-data; boundary=b', ...headers };
  return gateway.ask(`/v1/files${query}`, { key: gateway.key(key), body, headers: type });
};
const batchOf = (
  key: string,
  file: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const body = { input_file_id: file, endpoint: '/v1/embeddings', completion_window: '24h' };
  return gateway.ask('/v1/batches', { key: gateway.key(key), body, headers });
};

describe('under a hard budget', () => {
  it('nothing is made whose cost nobody could tell; files may be kept', async () => {
    const body = { model: 'sim-small', prompt: 'a square' };
    const image = await gateway.ask('/v1/images/generations', { key: gateway.key('poor'), body });
    refused(image, 403, 'no_eligible_route');
    const kept = await upload('poor');
    assert.equal(kept.status, 200, kept.text);
    refused(await batchOf('poor', json(kept)['id']), 403, 'no_eligible_route');
  });
});

describe('a plan that names models', () => {
  it('includes their images, and no files or batches, which may hold any', async () => {
    const body = { model: 'sim-small', prompt: 'a square' };
    const key = gateway.key('planned');
    const image = await gateway.ask('/v1/images/generations', { key, body });
    assert.equal(image.status, 200, image.text);
    refused(await upload('planned'), 403, 'not_entitled');
    const others = { ...body, model: 'sim-medium' };
    const other = await gateway.ask('/v1/images/generations', { key, body: others });
    refused(other, 403, 'not_entitled');
  });
});

describe('rules about tools', () => {
  it('refuse batches, whose answers nobody could hold to them', async () => {
    const file = json(await upload('careful'))['id'];
    const ruled = await batchOf('careful', file, { 'x-signalbox-agent': 'robot' });
    refused(ruled, 403, 'policy_denied');
    refused(
      await batchOf('careful', file, { 'x-signalbox-declared-tools': 'read' }),
      403,
      'policy_denied',
    );
    const free = await batchOf('careful', file);
    assert.equal(free.status, 200, free.text);
  });
});

describe('zero retention', () => {
  it('keeps files on tier 1 and nowhere else', async () => {
    refused(await upload('zero', '?model=middle/*'), 403, 'no_eligible_route');
    const kept = await upload('zero', '?model=near/*');
    assert.equal(kept.headers['x-signalbox-endpoint'], 'near', kept.text);
  });
});

describe("an endpoint that is one tenant's alone", () => {
  it('shows that tenant all that is there, and nobody else that it is there', async () => {
    const elsewhere = await fetch(`${gateway.sim.url}/v1/files`, {
      method: 'POST',
      body: formWith('made elsewhere'),
    });
    const { id } = Object(await elsewhere.json());
    refused(await gateway.ask(`/v1/files/${id}`), 404, 'object_unknown');
    const found = await gateway.ask(`/v1/files/${id}/content?model=mine/*`);
    assert.equal(found.text, 'made elsewhere');
    const list = json(await gateway.ask('/v1/files?model=mine/*'));
    assert.ok(JSON.stringify(list['data']).includes(id));
    const other = await gateway.ask('/v1/files?model=mine/*', { key: gateway.key('zero') });
    refused(other, 404, 'model_unknown');
  });
});

function formWith(text: string): FormData {
  const form = new FormData();
  form.set('purpose', 'user_data');
  form.set('file', new Blob([text]), 'a.txt');
  return form;
}

describe('a label', () => {
  it('is raised by what a file says, and by a file that cannot be read', async () => {
    const label = async (text: string): Promise<string> =>
      String((await upload('main', '', {}, text)).headers['x-signalbox-sensitivity']);
    assert.match(await label('nothing'), /^public/);
    assert.equal(await label('name,ssn\nJo,219-09-9998'), 'regulated(us-ssn)');
    assert.equal(await label('zero \0 ssn 219-09-9998'), 'personal(unscanned)');
  });

  it('stays with what it was made under: later calls are as sensitive', async () => {
    const kept = await upload('main', '', { 'x-signalbox-sensitivity': 'regulated' });
    const asked = await gateway.ask(`/v1/files/${json(kept)['id']}`);
    assert.equal(asked.status, 200, asked.text);
    assert.match(String(asked.headers['x-signalbox-sensitivity']), /^regulated/);
  });
});
