// Four ways to put a gateway between agents and models: each file starts as it is, passes the tests
// beside its rules, and does what its picture says.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readSettings } from '@signalbox/config';
import { openServer } from 'signalbox';
import { type Answer, ask, askAdmin, type Gateway } from '../example.fixture.ts';

const LOOK_MS = 50;
const LOOKS_MAX = 200;
const PROOF = 'Prove that the square root of 2 is irrational.';
const CLAIM = 'My SSN is 078-05-1123, summarise my claim';

const says = (content: string, more = {}): { body: object; headers: Record<string, string> } => ({
  body: { messages: [{ role: 'user', content }] },
  headers: more,
});
const step = (name: string): Record<string, string> => ({ 'x-signalbox-step': name });
const where = (answer: Answer): (string | null)[] => [answer.said('tier'), answer.said('endpoint')];

/** What `npm start -- --config FILE` runs, in this process: its start is not what is shown here. */
async function startPattern(context: TestContext, name: string): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-pattern-'));
  const file = fileURLToPath(new URL(`${name}/signalbox.yaml`, import.meta.url));
  const flags = { port: '0', data: join(folder, '.signalbox'), config: file };
  const settings = readSettings({ environment: {}, flags });
  const more = { role: 'all', discovers: false, environment: {}, flags, folder, settings } as const;
  const server = await openServer(more);
  context.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const { url } = server;
  const gateway = { url, key: server.demo?.key.reveal() ?? '', folder, environment: {} };
  await passesItsTests(gateway);
  return gateway;
}

/** As `signalbox policy test` and `check` would find it. */
async function passesItsTests(gateway: Gateway): Promise<void> {
  const { data } = Object(await askAdmin(gateway, 'policies'));
  for (const { name } of data) {
    const { text } = Object(await askAdmin(gateway, `policies/${name}`));
    const found = await askAdmin(gateway, `policies/${name}/rehearse`, { text, depth: 'promises' });
    const { problems, tests } = Object(found);
    assert.deepEqual(problems, []);
    assert.ok(tests.length >= 4, name);
    for (const test of tests) assert.deepEqual(test.failures, [], test.test);
  }
}

/** Records are projected a moment after the answer. */
async function recordOf(gateway: Gateway, decision: string): Promise<unknown> {
  for (let looks = 0; ; looks += 1) {
    const found = await askAdmin(gateway, `decisions/${decision}`).catch((cause: unknown) => {
      if (looks >= LOOKS_MAX) throw cause;
    });
    if (found !== undefined) return found;
    await pause(LOOK_MS);
  }
}

describe('patterns', () => {
  it('sidecar: stays on the machine, goes out for hard work, goes on alone', async (context) => {
    const gateway = await startPattern(context, 'sidecar');
    assert.deepEqual(where(await ask(gateway)), ['1', 'sim-local']);
    const plan = says('Plan the release.', step('planning'));
    assert.deepEqual(where(await ask(gateway, plan)), ['3', 'sim-frontier']);
    for (const name of ['sim-frontier', 'sim-private']) {
      await askAdmin(gateway, `endpoints/${name}/drain`, {});
    }
    const alone = await ask(gateway, plan);
    assert.deepEqual([alone.status, ...where(alone)], [200, '1', 'sim-local']);
  });

  it('gateway: one question, and what the plan of each team makes of it', async (context) => {
    const gateway = await startPattern(context, 'gateway');
    const team = async (tenant: string): Promise<Gateway> => {
      const made = await askAdmin(gateway, 'keys', { name: `${tenant}-app`, tenant });
      return { ...gateway, key: String(Reflect.get(Object(made), 'key')) };
    };
    const [support, lab] = [await team('support'), await team('lab')];
    const hard = says('Analyse the architecture of our queue.');
    assert.equal((await ask(lab, hard)).said('tier'), '3');
    assert.equal((await ask(support, hard)).said('tier'), '2');
    const named = await ask(support, { body: { model: 'sim-frontier' } });
    assert.equal(named.status, 403);
    assert.match(named.text, /not_entitled.*standard/s);
    // The platform's rule holds for the lab, too.
    const sorted = await ask(lab, says('Analyse the tone.', step('classification')));
    assert.equal(sorted.said('tier'), '2');
  });

  it('cascade: what is too thin is asked again higher up, and only that', async (context) => {
    const gateway = await startPattern(context, 'cascade');
    assert.deepEqual(where(await ask(gateway)), ['1', 'sim-local']);
    const carried = await ask(gateway, says(PROOF, step('analysis')));
    assert.deepEqual(
      [...where(carried), carried.said('repair')],
      ['3', 'sim-frontier', 'escalate'],
    );
    // Its record has all three steps, and why the first two were left.
    const record = JSON.stringify(await recordOf(gateway, String(carried.said('decision-id'))));
    assert.equal(record.match(/"rejected":"characters_min"/g)?.length, 2, record);
  });

  it('privacy-tiered: the data decides how far, the question only then', async (context) => {
    const gateway = await startPattern(context, 'privacy-tiered');
    const claim = await ask(gateway, says(`${CLAIM}. ${PROOF}`));
    assert.equal(claim.said('sensitivity'), 'regulated(us-ssn)');
    assert.deepEqual(where(claim), ['1', 'sim-local']);
    assert.deepEqual(where(await ask(gateway, says(PROOF))), ['3', 'sim-frontier']);
    const own = await ask(gateway, says(`${PROOF} It is claim CL-204418.`));
    assert.match(String(own.said('sensitivity')), /^regulated\(.*claim-number/);
    assert.equal(own.said('tier'), '1');
    const named = says(CLAIM);
    const refused = await ask(gateway, {
      ...named,
      body: { ...named.body, model: 'sim-frontier' },
    });
    assert.equal(refused.status, 403);
    assert.match(refused.text, /no_eligible_route/);
    await askAdmin(gateway, 'endpoints/sim-local/drain', {});
    assert.equal((await ask(gateway, named)).status, 403);
    assert.equal(
      readFileSync(join(gateway.folder, '.signalbox/signalbox.log'), 'utf8').includes('078-05'),
      false,
    );
  });
});
