import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointName, type FaultCode, tenantName } from '@signalbox/contract';
import { build } from '../house.fixture.ts';
import { NODE_ITSELF } from '../tenant/tenant.ts';
import { type Check, type CheckName, type Examined, examined } from './checklist.ts';
import { probesOf } from './probe.ts';
import { type Findings, NOTHING_KNOWN, withFindings } from './probe-facts.ts';

const TENANTS =
  'tenants: { acme: {}, bound: { residency: [eu] }, thrifty: { budget: { amount_usd: 1 } } }';

type Told = {
  readonly endpoint?: Findings;
  readonly models?: readonly string[];
  readonly fault?: FaultCode;
  readonly status?: number;
  readonly silent?: boolean;
};

/** What is said of one endpoint, written as its document, when it told this. */
function checked(document: string, told: Told, tenant = 'acme', reachable = true) {
  const head = 'version: 1\nnode: { name: n, tier: 2 }';
  const yaml = `${head}\nendpoints: { e: ${document} }\n${TENANTS}\n`;
  const { catalog, tenants } = build(yaml).house.now();
  const endpoint = catalog.endpoints.get('e');
  assert.ok(endpoint !== undefined);
  const facts = tenants.tenants.get(tenantName(tenant)) ?? NODE_ITSELF;
  const origin = { at: 1, from: 'GET /models' };
  const models = new Map((told.models ?? []).map((name) => [name, {}]));
  const known = told.silent
    ? NOTHING_KNOWN
    : { endpoint: withFindings({}, { reachable, ...told.endpoint }, origin), models };
  const [first] = probesOf(endpoint.probe.kind, '/v1', true);
  const answer = { status: told.status ?? 200, body: new Uint8Array() };
  const whole: Examined = {
    ...{ endpoint, known, tenant: facts, place: catalog.placeOf(endpoint, facts) },
    offerings: catalog.offerings.filter((one) => one.endpoint.name === endpointName('e')),
    asked: {
      answers: first === undefined ? [] : [{ asked: first, answer }],
      fault: told.fault,
    },
  };
  const examination = examined(whole);
  assert.ok(examination.kind === 'examined');
  const of = (name: CheckName): Check | undefined =>
    examination.checks.find(({ check }) => check === name);
  return { fit: examination.fit, of, checks: examination.checks };
}

const PUBLIC = '{ url: "https://llm.example/v1", models: [m] }';

describe('the checklist of an endpoint', () => {
  it('passes what answers, over TLS, with the models that it should have', () => {
    const { fit, of, checks } = checked(PUBLIC, { models: ['m'], endpoint: { accepted: true } });
    assert.equal(fit, true, JSON.stringify(checks));
    assert.deepEqual(
      checks.filter(({ state }) => state === 'failed'),
      [],
    );
    assert.equal(of('tier')?.says, '3: a public address');
    assert.equal(of('key')?.says, 'none, and none is wanted');
  });

  it('says of every fault what it means and what to do', () => {
    const faults: FaultCode[] = [
      'address_denied',
      'connect_failed',
      'connect_timeout',
      'redirected',
    ];
    for (const fault of [...faults, 'head_timeout', 'total_timeout'] as const) {
      const { fit, of } = checked(PUBLIC, { fault, silent: true });
      assert.equal(fit, false, fault);
      assert.equal(of('reachable')?.state, 'failed', fault);
      assert.notEqual(of('reachable')?.hint, undefined, fault);
    }
  });

  it('does not believe an old fact over a new fault', () => {
    assert.equal(checked(PUBLIC, { models: ['m'], fault: 'connect_failed' }).fit, false);
  });

  it('fails plain text at a public address, and takes it at a private one', () => {
    const far = '{ url: "http://llm.example/v1", models: [m] }';
    assert.equal(checked(far, { models: ['m'] }).of('tls')?.state, 'failed');
    const near = '{ url: "http://10.0.0.7:8000/v1", models: [m] }';
    assert.equal(checked(near, { models: ['m'] }).of('tls')?.state, 'passed');
  });

  it('tells a key that is refused from one that is missing and one that nobody tried', () => {
    const keyed =
      '{ url: "https://llm.example/v1", models: [m], credentials: [{ secret: env:K }] }';
    const said = (document: string, accepted: boolean | undefined): Check | undefined =>
      checked(document, { models: ['m'], endpoint: accepted === undefined ? {} : { accepted } }).of(
        'key',
      );
    assert.match(said(keyed, false)?.says ?? '', /^refused/);
    assert.match(said(PUBLIC, false)?.says ?? '', /^it wants one/);
    assert.equal(said(keyed, true)?.state, 'passed');
    assert.equal(said(keyed, undefined)?.state, 'unknown');
    assert.equal(checked(PUBLIC, { silent: true }).of('key')?.state, 'unknown');
  });

  it('wants models: those that are stated must be told, where any are told', () => {
    const none = '{ url: "https://llm.example/v1" }';
    assert.equal(checked(none, {}).of('models')?.state, 'failed');
    assert.match(
      checked(PUBLIC, { models: ['other'] }).of('models')?.says ?? '',
      /does not name m/,
    );
    assert.equal(checked(PUBLIC, { models: ['m:latest'] }).of('models')?.state, 'passed');
    const untold = checked(PUBLIC, {});
    assert.equal(untold.of('models')?.state, 'unknown');
    assert.equal(untold.fit, true);
  });

  it('holds the region against the residency of the tenant', () => {
    const said = (region: string): Check | undefined =>
      checked(
        `{ url: "https://llm.example/v1", models: [m] ${region} }`,
        { models: ['m'] },
        'bound',
      ).of('residency');
    assert.equal(said('')?.state, 'failed');
    assert.equal(said(', region: us')?.state, 'failed');
    assert.equal(said(', region: eu')?.state, 'passed');
  });

  it('says that a price is not known, and what that means under a budget', () => {
    const { fit, of } = checked(PUBLIC, { models: ['m'] }, 'thrifty');
    assert.equal(fit, true);
    assert.match(of('price')?.says ?? '', /not known of m; calls under a budget/);
    const price = '{ input_per_million_usd: "1", output_per_million_usd: "2" }';
    const priced = `{ url: "https://llm.example/v1", models: [m], price: ${price} }`;
    assert.equal(checked(priced, { models: ['m'] }).of('price')?.state, 'passed');
  });

  it('does not hold against a kind that it tells nothing for free', () => {
    const bare = '{ kind: vertex, url: "https://llm.example", models: [m] }';
    const { fit, of } = checked(bare, { silent: true });
    assert.equal(of('reachable')?.state, 'unknown');
    assert.equal(of('models')?.state, 'unknown');
    assert.equal(fit, true);
  });
});
