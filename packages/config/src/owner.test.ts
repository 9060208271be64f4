import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseSecret, variablePrefix } from './owner.ts';
import { problemsOf, whole } from './read.fixture.ts';
import { type ConfigurationFile, readConfiguration } from './read.ts';
import type { Owner } from './source.ts';

const OPERATOR: ConfigurationFile = {
  name: 'operator.yaml',
  text: 'version: 1\ntenants: { acme: {}, globex: {} }\n',
};
const ACME: Owner = { kind: 'tenant', tenant: 'acme' };

function written(text: string, owner: Owner): readonly ConfigurationFile[] {
  return [OPERATOR, { name: 'other', text: `version: 1\n${text}`, owner }];
}

function messages(text: string, owner: Owner = ACME): readonly string[] {
  return problemsOf(written(text, owner)).map((one) => `${one.path}: ${one.message}`);
}

test('a tenant may bring an endpoint and a key of its own', () => {
  const text = `endpoints:
  mine: { url: https://models.acme.example/v1, credentials: [{ secret: env:SIGNALBOX_TENANT_ACME__KEY }] }
keys:
  mine: { tenant: acme, secret: env:SIGNALBOX_TENANT_ACME__CALL }
`;
  const { configuration } = whole(readConfiguration(written(text, ACME)));
  assert.equal(configuration.endpoints.get('mine')?.tenant, 'acme');
});

test('a tenant cannot have the keys of the operator sent to itself', () => {
  const text = (secret: string): string =>
    `endpoints: { m: { url: https://acme.example/v1, credentials: [{ secret: "${secret}" }] } }\n`;
  for (const secret of ['env:OPENAI_API_KEY', 'file:/etc/passwd', 'exec:id', 'env:SIGNALBOX_KEK']) {
    assert.equal(messages(text(secret)).length, 1, secret);
  }
});

test('a variable belongs to the tenant whose whole name it carries', () => {
  const refused = (tenant: string, value: string): boolean =>
    refuseSecret({ kind: 'env', value }, { kind: 'tenant', tenant }) !== undefined;
  assert.equal(variablePrefix('acme-eu'), 'SIGNALBOX_TENANT_ACME_EU__');
  assert.equal(refused('acme', 'SIGNALBOX_TENANT_ACME__K'), false);
  assert.equal(refused('acme', 'SIGNALBOX_TENANT_ACME_EU__K'), true);
  assert.equal(refused('acme', 'SIGNALBOX_TENANT_ACME___K'), true);
  assert.equal(refused('acme', 'SIGNALBOX_TENANT_ACME__'), true);
});

test('a tenant names no private address, no tier and no program', () => {
  for (const url of ['http://10.0.0.5/v1', 'http://localhost:1/v1', 'http://[fd00::1]/v1']) {
    assert.match(messages(`endpoints: { m: { url: "${url}" } }\n`).join(), /is a private address/);
  }
  const endpoint = 'url: https://acme.example/v1';
  assert.match(
    messages(`endpoints: { m: { ${endpoint}, tier: 1 } }\n`).join(),
    /only the files of/,
  );
  assert.match(
    messages(`endpoints: { m: { ${endpoint}, private_address: true } }\n`).join(),
    /only the files of/,
  );
  assert.match(
    messages('endpoints: { m: { kind: embedded, model_path: /x } }\n').join(),
    /starts a program/,
  );
});

test('a tenant speaks about itself only', () => {
  assert.match(
    messages('endpoints: { m: { url: https://a.example/v1, tenant: globex } }\n').join(),
    /about that tenant only/,
  );
  assert.match(
    messages('keys: { k: { tenant: globex, secret: env:SIGNALBOX_TENANT_ACME__K } }\n').join(),
    /about that tenant only/,
  );
  const consent = 'kinds: [health], tiers: [3], purpose: x, until: 2030-01-01, given_by: y';
  assert.match(
    messages(`consents: { c: { tenant: globex, ${consent} } }\n`).join(),
    /about that tenant only/,
  );
  assert.deepEqual(messages(`consents: { c: { tenant: acme, ${consent} } }\n`), []);
});

for (const noun of [
  'server: { port: 1 }',
  'tenants: { x: {} }',
  'plans: { p: {} }',
  'queue: { calls_max: 1 }',
]) {
  test(`a tenant does not write ${noun}`, () => {
    assert.match(messages(`${noun}\n`).join(), /belongs to the files of the operator/);
  });
}

test('the console writes documents, but not what the machine does', () => {
  const owner: Owner = { kind: 'console' };
  assert.deepEqual(messages('plans: { p: {} }\n', owner), []);
  assert.match(messages('server: { port: 1 }\n', owner).join(), /belongs to the files/);
  const endpoint = (rest: string): string =>
    `endpoints: { m: { url: https://a.example/v1, ${rest} } }\n`;
  assert.deepEqual(messages(endpoint('credentials: [{ secret: env:OPENAI_API_KEY }]'), owner), []);
  assert.match(messages(endpoint('credentials: [{ secret: "file:/k" }]'), owner).join(), /`file:`/);
  assert.match(messages(endpoint('tier: 2'), owner).join(), /only the files of the operator/);
});

test('other formats are read from the files of the operator only', () => {
  const files = [{ name: 'x', text: 'tiers: {}\nrouting: {}\n', owner: ACME }];
  assert.match(
    problemsOf(files)
      .map((one) => one.message)
      .join(),
    /only the files of the operator/,
  );
});
