// A call that continues a response goes to the endpoint that holds it, and keeps its label.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord, Label } from '@signalbox/contract';
import { ended } from '../dispatch/dispatching.fixture.ts';
import { type Built, build, type Heads, HOUSE, type Served, settled } from '../house.fixture.ts';

const RESPONSE: Heads = { operation: 'response' };
const labelled = (label: Label): Heads => ({ ...RESPONSE, sensitivity: { label, kinds: [] } });
const said = (id: string): object => ({
  id,
  object: 'response',
  model: 'shared-1',
  output: [],
  usage: { input_tokens: 3, output_tokens: 1 },
});

/** Makes a response under an id, by a call of that model. */
async function respond(built: Built, id: string, model: string, head = RESPONSE): Promise<Served> {
  const served = built.serve({ model, input: 'x' }, head);
  await settled();
  built.upstream.last.answer(said(id));
  await ended(built, served);
  return served;
}

/** Refers to it; what comes of that is in the record. */
async function proceed(
  built: Built,
  id: string,
  model: string,
  head: Heads = RESPONSE,
): Promise<CallRecord> {
  const served = built.serve({ model, input: 'y', previous_response_id: id }, head);
  await settled();
  const dialled = built.upstream.dials[built.upstream.dials.length - 1];
  if (dialled?.over === false) dialled.answer(said(`${id}-next`));
  return ended(built, served);
}

const where = ({ attempts }: CallRecord) => attempts.map((one) => one.endpoint);

describe('a call that continues a response', () => {
  for (const endpoint of ['near', 'middle', 'far']) {
    it(`goes to ${endpoint} when that holds it, whatever would be preferred`, async () => {
      const built = build();
      await respond(built, 'resp_1', `${endpoint}/shared`);
      for (const model of ['shared', 'auto']) {
        assert.deepEqual(where(await proceed(built, 'resp_1', model)), [endpoint], model);
      }
    });
  }

  it('keeps the label of the call that made it, and what comes of it keeps that too', async () => {
    const built = build();
    await respond(built, 'resp_1', 'shared', labelled('internal'));
    const record = await proceed(built, 'resp_1', 'shared');
    assert.deepEqual([record.label, record.kinds], ['internal', ['held-upstream']]);
    const next = await proceed(built, 'resp_1-next', 'shared');
    assert.equal(next.label, 'internal');
    const raised = await proceed(built, 'resp_1', 'near/shared', labelled('regulated'));
    assert.equal(raised.label, 'regulated');
  });

  it('is not taken for unreadable when the call that made it was public', async () => {
    const built = build();
    await respond(built, 'resp_1', 'far/shared');
    const record = await proceed(built, 'resp_1', 'shared');
    assert.deepEqual([record.label, record.kinds], ['public', []]);
  });

  it('is known of streams too, also of one that broke', async () => {
    for (const ending of ['clean', 'broken']) {
      const built = build();
      const served = built.serve({ model: 'middle/shared', input: 'x', stream: true }, RESPONSE);
      await settled();
      const dialled = built.upstream.last.stream();
      dialled.event({ type: 'response.created', response: said('resp_1') });
      await settled();
      if (ending === 'clean') {
        dialled.event({ type: 'response.completed', response: said('resp_1') }).end();
      } else dialled.fault('closed_early');
      await ended(built, served);
      assert.deepEqual(where(await proceed(built, 'resp_1', 'shared')), ['middle'], ending);
    }
  });

  it('is refused when nobody here knows the response, or another tenant made it', async () => {
    const yaml = `${HOUSE}  theirs: {tenant: other, secret: "env:THEIRS"}\n`;
    const built = build(yaml.replace('acme: {}', 'acme: {}\n  other: {}'));
    await respond(built, 'resp_1', 'near/shared');
    const unknown = await proceed(built, 'resp_0', 'shared');
    assert.deepEqual([unknown.code, unknown.label], ['policy_denied', 'personal']);
    const theirs = await proceed(built, 'resp_1', 'shared', { ...RESPONSE, key: 'theirs' });
    assert.deepEqual([theirs.code, theirs.label], ['policy_denied', 'personal']);
    const chat = await proceed(built, 'resp_1', 'shared');
    assert.deepEqual(where(chat), ['near']);
  });

  it('is not known from an answer that is no response, nor from a no', async () => {
    const built = build();
    const chat = built.serve({ model: 'near/shared', messages: [] });
    await settled();
    built.upstream.last.answer(said('resp_1'));
    await ended(built, chat);
    const no = built.serve({ model: 'near/shared', input: 'x' }, RESPONSE);
    await settled();
    built.upstream.last.answer({ ...said('resp_2'), error: { message: 'no' } }, 400);
    await ended(built, no);
    for (const id of ['resp_1', 'resp_2']) {
      assert.equal((await proceed(built, id, 'shared')).code, 'policy_denied', id);
    }
  });

  it('goes where the caller says when the caller names the endpoint', async () => {
    const built = build();
    await respond(built, 'resp_1', 'near/shared', labelled('internal'));
    const record = await proceed(built, 'resp_1', 'middle/shared');
    assert.deepEqual([where(record), record.label], [['middle'], 'internal']);
  });
});

describe('where the endpoint that holds a response cannot be used', () => {
  async function refused(model: string, yaml: string, head = RESPONSE) {
    const built = build();
    await respond(built, 'resp_1', 'far/shared');
    built.swap(yaml);
    const served = built.serve({ model, input: 'y', previous_response_id: 'resp_1' }, head);
    const record = await ended(built, served);
    return { code: record.code, text: served.reply.text };
  }

  it('the call is told where it is when it asks for something else', async () => {
    const { code, text } = await refused('small', HOUSE);
    assert.equal(code, 'policy_denied');
    assert.match(text, /`far` holds the state that the call refers to/);
  });

  it('the call is told what stands in the way there', async () => {
    const off = HOUSE.replace('  far:\n', '  far:\n    enabled: false\n');
    const switched = await refused('shared', off);
    assert.equal(switched.code, 'no_eligible_route');
    assert.match(switched.text, /`far` serves `shared` and is switched off/);
    const high = await refused('shared', HOUSE, labelled('internal'));
    assert.equal(high.code, 'no_eligible_route');
    assert.match(high.text, /labelled `internal` may go to tier 2/);
  });

  it('the call waits while it is down, and goes nowhere else', async () => {
    const built = build();
    await respond(built, 'resp_1', 'far/shared');
    built.upstream.script = (dialled) =>
      built.clock.monotonic() === 0 ? dialled.fault('connect_failed') : dialled.answer(said('r'));
    const served = built.serve(
      { model: 'shared', input: 'y', previous_response_id: 'resp_1' },
      RESPONSE,
    );
    await built.clock.turn(2_000);
    const record = await ended(built, served);
    assert.deepEqual([record.ending, where(record)], ['answered', ['far']]);
    assert.ok(built.upstream.dials.every((one) => one.endpoint === 'far'));
  });
});
