import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Refusal, RequestId } from '@signalbox/contract';
import { readQuestion } from '@signalbox/dialect';
import { type Built, build, chatOf, type Heads } from '../house.fixture.ts';
import { admit } from '../tenant/tenant.ts';
import { KEPT_MS, REMEMBERED_MAX } from './idempotency.ts';
import { type Joined, join } from './session.ts';

const YAML = `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small]}
tenants:
  acme: {}
  other: {}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
  second: {tenant: acme, secret: "env:SECOND"}
  stranger: {tenant: other, secret: "env:STRANGER"}
  strict: {tenant: acme, secret: "env:STRICT", require_session: true}
  fixed:
    tenant: acme
    secret: "env:FIXED"
    session: nightly
    agent: sorter
    tags: {fixed: {team: a}, required: [feature]}
`;

type Outcome = { readonly joined: Joined | undefined; readonly refusal: Refusal | undefined };

function joinWith(built: Built, head: Heads = {}, body: object = chatOf('small')): Outcome {
  const { house } = built;
  const call = built.call(body, head);
  const admitted = admit(call, house.now().tenants, house.ports);
  assert.ok(admitted.ok);
  const question = readQuestion('chat', new TextEncoder().encode(JSON.stringify(body)));
  assert.ok(question.ok);
  const ports = { keys: house.ports.keys, idempotency: house.live.idempotency };
  const joined = join(admitted.value, question.value, ports);
  return joined.ok
    ? { joined: joined.value, refusal: undefined }
    : { joined: undefined, refusal: joined.refusal };
}

describe('a session', () => {
  const built = build(YAML);
  const sessionOf = (head: Heads = {}, body?: object): string | undefined =>
    joinWith(built, head, body).joined?.session;

  it('is a keyed hash: never the value of the caller', () => {
    const session = sessionOf({ session: 'customer-4711' });
    assert.match(session ?? '', /^ses_[0-9a-f]{26}$/);
    assert.doesNotMatch(session ?? '', /4711/);
  });

  it('is the same for the same value of the same tenant, whatever the key', () => {
    assert.equal(sessionOf({ session: 's' }), sessionOf({ session: 's', key: 'second' }));
    assert.notEqual(sessionOf({ session: 's' }), sessionOf({ session: 't' }));
    assert.notEqual(sessionOf({ session: 's' }), sessionOf({ session: 's', key: 'stranger' }));
  });

  it('comes from the key before the header, and from the header before the body', () => {
    const body = chatOf('small', { metadata: { session_id: 'in-body' } });
    assert.equal(sessionOf({}, body), sessionOf({ session: 'in-body' }));
    assert.equal(sessionOf({ session: 'head' }, body), sessionOf({ session: 'head' }));
    const fixed = { key: 'fixed', tags: { feature: 'x' } } as const;
    assert.equal(sessionOf({ ...fixed, session: 'head' }, body), sessionOf({ session: 'nightly' }));
  });

  it('is named by how the conversation began when nobody names it', () => {
    const first = sessionOf();
    const { messages } = Object(chatOf('small'));
    const later = { model: 'small', messages: [...messages, { role: 'assistant', content: 'a' }] };
    assert.equal(sessionOf({}, later), first);
    assert.notEqual(sessionOf({ key: 'second' }), first, 'another key, another session');
    assert.notEqual(sessionOf({ key: 'stranger' }), first);
    const other = { model: 'small', messages: [{ role: 'user', content: 'other' }] };
    assert.notEqual(sessionOf({}, other), first);
  });

  it('may be demanded by a key', () => {
    const { refusal } = joinWith(built, { key: 'strict' });
    assert.equal(refusal?.code, 'body_invalid');
    assert.equal(refusal?.param, 'x-signalbox-session');
    assert.ok(joinWith(built, { key: 'strict', session: 's' }).joined);
    const body = chatOf('small', { metadata: { session_id: 's' } });
    assert.ok(joinWith(built, { key: 'strict' }, body).joined);
  });
});

describe('agent, step and tags', () => {
  const built = build(YAML);

  it('come from the caller unless the key fixes them', () => {
    const head = { agent: 'writer', step: 'planning', tags: { team: 'b', feature: 'x' } };
    const free = joinWith(built, head).joined;
    assert.equal(free?.agent, 'writer');
    assert.deepEqual([free?.step, free?.stepSource], ['planning', 'header']);
    assert.deepEqual({ ...free?.tags }, { team: 'b', feature: 'x' });
    const fixed = joinWith(built, { ...head, key: 'fixed' }).joined;
    assert.equal(fixed?.agent, 'sorter');
    assert.deepEqual({ ...fixed?.tags }, { team: 'a', feature: 'x' });
  });

  it('are missing where nobody says them', () => {
    const joined = joinWith(built).joined;
    assert.deepEqual([joined?.step, joined?.stepSource], [undefined, 'none']);
  });

  it('refuse a call that lacks a tag which its key demands', () => {
    const { refusal } = joinWith(built, { key: 'fixed', tags: { team: 'b' } });
    assert.equal(refusal?.code, 'body_invalid');
    assert.equal(refusal?.param, 'x-signalbox-tags');
    assert.match(refusal?.message ?? '', /feature/);
  });

  it('cannot be pushed in by a prototype', () => {
    const { refusal } = joinWith(built, {
      key: 'fixed',
      tags: JSON.parse('{"__proto__":{"feature":"x"}}'),
    });
    assert.equal(refusal?.param, 'x-signalbox-tags');
  });
});

describe('an idempotency key', () => {
  const once: Heads = { idempotencyKey: 'k-1' };
  const other = chatOf('small', { temperature: 1 });
  const end = (built: Built, { joined }: Outcome): void => {
    assert.ok(joined !== undefined);
    built.house.live.idempotency.end(joined);
  };

  it('lets one call through while it runs', () => {
    const built = build(YAML);
    assert.ok(joinWith(built, once).joined);
    const { refusal } = joinWith(built, once);
    assert.equal(refusal?.code, 'idempotency_conflict');
    assert.ok((refusal?.retryAfterMs ?? 0) > 0);
  });

  it('names the first call in a second one after it ended', () => {
    const built = build(YAML);
    const first = joinWith(built, once);
    end(built, first);
    const second = joinWith(built, once);
    assert.equal(second.joined?.retryOf, first.joined?.id);
    end(built, second);
    assert.equal(joinWith(built, once).joined?.retryOf, second.joined?.id);
  });

  it('refuses another body for a day, ended or not', async () => {
    const built = build(YAML);
    const first = joinWith(built, once);
    assert.equal(joinWith(built, once, other).refusal?.code, 'idempotency_conflict');
    end(built, first);
    assert.equal(joinWith(built, once, other).refusal?.code, 'idempotency_conflict');
    await built.clock.turn(KEPT_MS);
    assert.equal(joinWith(built, once, other).joined?.retryOf, undefined);
  });

  it('is a new one after a day', async () => {
    const built = build(YAML);
    end(built, joinWith(built, once));
    await built.clock.turn(KEPT_MS);
    assert.equal(joinWith(built, once).joined?.retryOf, undefined);
  });

  it('still runs after a day if its call does', async () => {
    const built = build(YAML);
    joinWith(built, once);
    await built.clock.turn(KEPT_MS * 2);
    assert.equal(joinWith(built, once).refusal?.code, 'idempotency_conflict');
  });

  it('belongs to one key of one tenant', () => {
    const built = build(YAML);
    for (const key of ['main', 'second', 'stranger']) {
      assert.ok(joinWith(built, { ...once, key }).joined, key);
    }
  });

  it('is freed by its own call alone', () => {
    const built = build(YAML);
    const first = joinWith(built, once);
    assert.ok(first.joined !== undefined);
    const stranger = { ...first.joined, id: 'req_other' as RequestId };
    built.house.live.idempotency.end(stranger);
    assert.equal(joinWith(built, once).refusal?.code, 'idempotency_conflict');
  });

  it('is remembered among a bounded number', () => {
    const built = build(YAML);
    const { idempotency } = built.house.live;
    const first = joinWith(built, once);
    assert.ok(first.joined !== undefined);
    const { joined } = first;
    const keys = { ...built.keys, digest: () => 'same' };
    for (let i = 0; i < REMEMBERED_MAX; i += 1) {
      const call = { ...joined, head: { ...joined.head, idempotencyKey: `n${i}` } };
      assert.ok(idempotency.begin(call, joined.question, keys).ok);
    }
    assert.ok(joinWith(built, once).joined, 'the oldest is forgotten');
  });

  it('costs nothing where there is none', () => {
    const built = build(YAML);
    assert.ok(joinWith(built).joined);
    assert.ok(joinWith(built).joined);
  });
});
