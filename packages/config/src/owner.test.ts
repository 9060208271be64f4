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
  acme/mine: { url: https://models.acme.example/v1, credentials: [{ secret: env:SIGNALBOX_TENANT_ACME__KEY }] }
keys:
  mine: { tenant: acme, secret: env:SIGNALBOX_TENANT_ACME__CALL }
`;
  const { configuration } = whole(readConfiguration(written(text, ACME)));
  const mine = configuration.endpoints.get('acme/mine');
  assert.equal(mine?.tenant, 'acme');
  assert.equal(mine?.tier, 3);
});

test('what a tenant brings bears its name, and changes no name of anybody else', () => {
  assert.match(
    messages('endpoints: { mine: { url: https://a.example/v1 } }').join(),
    /bears its name/,
  );
  const files = [
    { name: 'operator.yaml', text: `${OPERATOR.text}models: { m: {} }\naliases: { fast: [m] }\n` },
    {
      name: 'other',
      text: 'version: 1\nendpoints: { acme/e: { url: https://a.example/v1, models: [fast] } }\n',
      owner: ACME,
    },
  ];
  const { configuration, yaml } = whole(readConfiguration(files));
  assert.equal(configuration.endpoints.get('acme/e')?.models.size, 1);
  assert.doesNotMatch(yaml(), /a\.example/);
});

test('a key that is kept sealed is named by its own endpoint alone', () => {
  const text = (endpoint: string, secret: string): string =>
    `endpoints: { ${endpoint}: { url: https://a.example/v1, credentials: [{ secret: "${secret}" }] } }`;
  assert.deepEqual(messages(text('acme/e', 'sealed:acme/e')), []);
  assert.equal(messages(text('acme/e', 'sealed:acme/other')).length, 1);
  assert.equal(messages(text('acme/e', 'sealed:globex/e')).length, 1);
  assert.equal(messages(text('acme/e', 'sealed:acme/e'), { kind: 'operator' }).length, 1);
  assert.equal(messages(text('acme/e', 'sealed:acme/e'), { kind: 'console' }).length, 1);
});

test('a tenant goes to private addresses that a file of the operator allows, and no other', () => {
  const brought = (url: string, allowed: string, owner: Owner = { kind: 'operator' }) =>
    readConfiguration([
      { name: 'own', text: `version: 1\ntenants: { acme: ${allowed} }\n`, owner },
      {
        name: 'other',
        text: `version: 1\nendpoints: { acme/e: { url: "${url}" } }\n`,
        owner: ACME,
      },
    ]);
  const allowed = '{ private_addresses: ["10.0.0.7:8000", "gpu.lan:8000"] }';
  for (const host of ['10.0.0.7', 'gpu.lan']) {
    const read = whole(brought(`http://${host}:8000/v1`, allowed));
    const { privateAddress, tier } = read.configuration.endpoints.get('acme/e') ?? {};
    assert.deepEqual(privateAddress, { host, port: 8000 });
    assert.equal(tier, undefined);
  }
  for (const url of [
    'http://10.0.0.7:8001/v1',
    'http://10.0.0.8:8000/v1',
    'http://[::1]:8000/v1',
  ]) {
    assert.equal(brought(url, allowed).ok, false, url);
  }
  const metadata = '{ private_addresses: ["169.254.169.254:80"] }';
  assert.equal(brought('http://169.254.169.254/v1', metadata).ok, false);
  const byConsole = brought('http://10.0.0.7:8000/v1', allowed, { kind: 'console' });
  assert.match(JSON.stringify(byConsole), /only the files of the operator/);
});

test('a tenant cannot have the keys of the operator sent to itself', () => {
  const text = (secret: string): string =>
    `endpoints: { acme/m: { url: https://acme.example/v1, credentials: [{ secret: "${secret}" }] } }\n`;
  for (const secret of ['env:OPENAI_API_KEY', 'file:/etc/passwd', 'exec:id', 'env:SIGNALBOX_KEK']) {
    assert.equal(messages(text(secret)).length, 1, secret);
  }
});

test('a variable belongs to the tenant whose whole name it carries', () => {
  const refused = (tenant: string, value: string): boolean =>
    refuseSecret({ kind: 'env', value }, { kind: 'tenant', tenant }, 'x') !== undefined;
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
