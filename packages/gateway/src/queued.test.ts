import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type CallHead,
  type Clock,
  keyName,
  type Parked,
  type RequestId,
  requestId,
  tenantName,
} from '@signalbox/contract';
import {
  createRandom,
  DiskFault,
  type Keyring,
  type MemoryDisk,
  memoryDisk,
  openKeptFiles,
  openKeyring,
} from '@signalbox/ports';
import type { QueueOwners } from './places.ts';
import { type Deferred, type Queued, queued, type Waiting } from './queued.ts';

const AT = 1_760_000_000_000;
const KEEP_MS = 1_000;
const FOLDER = '/data/queue';
const MAIN = { tenant: tenantName('acme'), key: 'main' };
const callOf = (n: number): RequestId => requestId(AT, new Uint8Array(10).fill(n));
const body = (size: number): Uint8Array => new Uint8Array(size);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const HEAD: CallHead = {
  operation: 'chat',
  dialect: 'openai',
  keyText: 'sbx_the_whole_key',
  address: '127.0.0.1',
  session: undefined,
  agent: undefined,
  subject: undefined,
  step: undefined,
  sensitivity: undefined,
  latencyBudgetMs: undefined,
  queueAllowed: true,
  summaryWanted: false,
  tags: { team: 'a' },
  idempotencyKey: undefined,
  traceparent: undefined,
  forwardable: [],
};

const parkedOf = (question: string, tenant = 'acme'): Parked => ({
  headers: [],
  tenant: tenantName(tenant),
  key: keyName('main'),
  keyId: 'id0000000000',
  keyMac: Uint8Array.of(1, 2, 255),
  label: 'internal',
  bound: { ceiling: 2, residency: ['eu'], retention: 'zero', ownOnly: false },
  bytes: new TextEncoder().encode(question),
});

let folder: string;
let keyring: Keyring;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-queued-'));
  keyring = await openKeyring({ folder, kek: new Uint8Array(32), random: createRandom() });
});
after(() => rm(folder, { recursive: true, force: true }));

type Rig = {
  readonly line: Queued;
  readonly disk: MemoryDisk;
  readonly logged: string[];
  turn(ms: number): void;
  /** Sets the clock on the wall. */
  set(ms: number): void;
  open(n: number, question?: string, tenant?: string): Promise<Deferred>;
  /** What the next start finds, by the same clock. */
  again(isOpen?: (request: RequestId) => boolean, tenants?: readonly string[]): Promise<Again>;
  fetched(n: number, owner?: { tenant: typeof MAIN.tenant; key: string }): Promise<string>;
  files(): Promise<readonly string[]>;
};
type Again = Rig & { readonly waiting: readonly Waiting[] };

const TENANTS = ['acme', 'bolt'];

type Lasting = { now: number; wall: number; readonly owners: Map<RequestId, Parked> };
const begun = (): Lasting => ({ now: 0, wall: AT, owners: new Map() });

async function rigged(limits = {}, on?: MemoryDisk, start = begun()): Promise<Again> {
  const timers: { at: number; then: () => void }[] = [];
  const clock: Clock = {
    now: () => start.wall + start.now,
    monotonic: () => start.now,
    after: (ms, then) => {
      const timer = { at: start.now + ms, then };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  };
  const all = {
    ...{ callsMax: 3, perTenantMax: 3, bytesMax: 10_000, perTenantBytesMax: 10_000 },
    ...{ keepMs: KEEP_MS, ...limits },
  };
  const disk = on ?? memoryDisk({ seed: 1 });
  const files = await openKeptFiles({ disk, folder: FOLDER });
  const logged: string[] = [];
  const sink = { log: (_: string, event: string) => void logged.push(event) };
  const owners: QueueOwners = { ownerOf: (call) => start.owners.get(call) };
  const line = queued({ files, keyring, clock, sink, limits: () => all, owners });
  const rig: Rig = {
    line,
    disk,
    logged,
    turn(ms) {
      start.now += ms;
      for (const timer of timers.splice(0)) {
        if (timer.at <= start.now) timer.then();
        else timers.push(timer);
      }
    },
    set: (ms) => {
      start.wall = ms;
    },
    async open(n, question = 'q', tenant = 'acme') {
      const arrived = { request: callOf(n), at: AT, head: HEAD } as const;
      const kept = { ...arrived, inPath: undefined, passed: undefined, framing: undefined };
      const parked = parkedOf(question, tenant);
      const place = await line.open(kept, parked);
      assert.ok(place.ok, place.ok ? '' : place.refusal.message);
      start.owners.set(callOf(n), parked);
      return place.value;
    },
    async again(isOpen = () => true, tenants = TENANTS) {
      disk.kill();
      const next = await rigged(limits, disk, start);
      const known = new Set(tenants.map(tenantName));
      return { ...next, waiting: await next.line.restore(isOpen, known) };
    },
    async fetched(n, owner = MAIN) {
      const fetched = await line.fetch(callOf(n), owner);
      if (fetched.kind === 'answer') fetched.over();
      return fetched.kind === 'answer' ? text(fetched.body) : fetched.kind;
    },
    async files() {
      await new Promise((done) => setImmediate(done));
      return (await disk.list(FOLDER)).map(({ name }) => name);
    },
  };
  return { ...rig, waiting: [] };
}

async function answered(place: Deferred, words: string): Promise<void> {
  await place.answer(200, [['content-type', 'x']], new TextEncoder().encode(words));
  place.over();
}

describe('a queued call', () => {
  it('waits, is answered once, and is gone with its files', async () => {
    const rig = await rigged();
    const place = await rig.open(1);
    await rig.open(2);
    const second = await rig.line.fetch(callOf(2), MAIN);
    assert.deepEqual(second, { kind: 'waiting', request: callOf(2), position: 2 });
    await answered(place, 'yes');
    assert.equal((await rig.files()).length, 2);
    assert.equal(await rig.fetched(1), 'yes');
    assert.equal(await rig.fetched(1), 'expired');
    const alone = await rig.line.fetch(callOf(2), MAIN);
    assert.equal(alone.kind === 'waiting' && alone.position, 1);
    assert.deepEqual(await rig.files(), [`acme.${callOf(2)}.call`]);
  });

  it('is not answered before its record is on its way', async () => {
    const rig = await rigged();
    const place = await rig.open(1);
    await place.answer(200, [], body(3));
    assert.equal(await rig.fetched(1), 'waiting');
    place.over();
    assert.equal(await rig.fetched(1), '\0\0\0');
  });

  it('stays when it could not be handed out', async () => {
    const rig = await rigged();
    await answered(await rig.open(1), 'yes');
    const first = await rig.line.fetch(callOf(1), MAIN);
    assert.equal(await rig.fetched(1), 'expired', 'nobody else gets it meanwhile');
    assert.ok(first.kind === 'answer');
    first.back();
    assert.equal(await rig.fetched(1), 'yes');
  });

  it('is nothing to anybody else, waiting, answered or gone', async () => {
    const rig = await rigged();
    const strangers = [
      { tenant: MAIN.tenant, key: 'other' },
      { tenant: tenantName('bolt'), key: 'main' },
    ];
    const unknown = async (): Promise<void> => {
      for (const who of strangers) assert.equal(await rig.fetched(1, who), 'unknown');
    };
    const place = await rig.open(1);
    await unknown();
    await answered(place, 'yes');
    await unknown();
    assert.equal(await rig.fetched(1), 'yes');
    await unknown();
    assert.equal(await rig.fetched(9), 'unknown');
  });

  it('is kept in its time also when the clock on the wall is set', async () => {
    const rig = await rigged();
    await answered(await rig.open(1), 'yes');
    rig.set(AT + 90_000_000);
    assert.equal(await rig.fetched(1), 'yes');
  });

  it('is gone with its files when its time is over, though nobody asks', async () => {
    const rig = await rigged();
    const late = await rig.open(1);
    await answered(await rig.open(2), 'yes');
    rig.turn(KEEP_MS);
    assert.deepEqual(await rig.files(), []);
    assert.equal(await rig.fetched(1), 'expired');
    assert.equal(await rig.fetched(2), 'expired');
    await late.answer(200, [], body(1));
    assert.equal(await rig.fetched(1), 'expired');
    assert.deepEqual(await rig.files(), []);
  });
});

describe('on disk', () => {
  it('nothing of a call, its key or its answer stands in the clear', async () => {
    const rig = await rigged();
    await rig.open(1, 'the secret question');
    await answered(await rig.open(2, 'another secret question'), 'the secret answer');
    const files = await rig.files();
    assert.equal(files.length, 2);
    for (const file of files) {
      const bytes = rig.disk.bytesOf(`${FOLDER}/${file}`) ?? body(0);
      assert.ok(bytes.length > 100);
      assert.doesNotMatch(Buffer.from(bytes).toString('latin1'), /secret|sbx_|openai|acme|team/);
    }
  });

  it('a call and an answer are there for the next start, as they were', async () => {
    const rig = await rigged();
    await rig.open(1, 'first');
    await answered(await rig.open(2), 'yes');
    await rig.open(3, 'third');
    rig.turn(300);
    const next = await rig.again();
    const [one, other] = next.waiting;
    assert.equal(next.waiting.length, 2);
    assert.equal(text(one?.opened.body ?? body(0)), 'first');
    assert.equal(text(other?.opened.body ?? body(0)), 'third');
    assert.equal(one?.parkedMs, 300);
    const { head, keyMac, bound, label } = one?.opened.kept ?? {};
    assert.deepEqual({ ...head }, JSON.parse(JSON.stringify({ ...HEAD, keyText: undefined })));
    assert.equal(keyMac, '0102ff');
    assert.equal(label, 'internal');
    assert.deepEqual(bound, parkedOf('').bound);
    const third = await next.line.fetch(callOf(3), MAIN);
    assert.equal(third.kind === 'waiting' && third.position, 2);
    assert.equal(await next.fetched(2), 'yes');
    await answered(one?.place ?? assert.fail(), 'late');
    assert.equal(await next.fetched(1), 'late');
    const files = await next.files();
    assert.deepEqual(files, [`acme.${callOf(3)}.call`]);
  });

  it('what the journal does not hold open does not go on', async () => {
    const rig = await rigged();
    await rig.open(1);
    await rig.open(2);
    const next = await rig.again((request) => request === callOf(2));
    assert.deepEqual(
      next.waiting.map(({ opened }) => opened.kept.request),
      [callOf(2)],
    );
    assert.deepEqual(await next.files(), [`acme.${callOf(2)}.call`]);
  });

  it('a call whose answer was safe when the node died does not go on', async () => {
    const rig = await rigged();
    const place = await rig.open(1);
    const call = rig.disk.bytesOf(`${FOLDER}/acme.${callOf(1)}.call`) ?? body(0);
    await answered(place, 'yes');
    rig.disk.put(`${FOLDER}/acme.${callOf(1)}.call`, call);
    const next = await rig.again();
    assert.deepEqual(next.waiting, []);
    assert.deepEqual(await next.files(), [`acme.${callOf(1)}.answer`]);
    assert.equal(await next.fetched(1), 'yes');
  });

  it('time passes while nobody is there, and is over then too', async () => {
    const rig = await rigged();
    await rig.open(1);
    await answered(await rig.open(2), 'yes');
    rig.set(AT + KEEP_MS);
    const next = await rig.again();
    assert.deepEqual(
      next.waiting.map(({ isExpired }) => isExpired),
      [true],
    );
    assert.equal(await next.fetched(2), 'expired');
    assert.deepEqual(await next.files(), []);
  });

  it('of a tenant that is gone nothing stays, over a start or at once', async () => {
    const rig = await rigged();
    await rig.open(1);
    await answered(await rig.open(2, 'q', 'bolt'), 'yes');
    const next = await rig.again(undefined, ['bolt']);
    assert.deepEqual(next.waiting, []);
    assert.deepEqual(await next.files(), [`bolt.${callOf(2)}.answer`]);
    next.line.keepOnly(new Set([tenantName('acme')]));
    assert.deepEqual(await next.files(), []);
  });

  it('what is damaged, foreign or half written stops nobody', async () => {
    const rig = await rigged({ callsMax: 9, perTenantMax: 9 });
    for (const n of [1, 2, 3, 4]) await rig.open(n);
    const at = (n: number): string => `${FOLDER}/acme.${callOf(n)}.call`;
    const bytesOf = (n: number): Uint8Array => rig.disk.bytesOf(at(n)) ?? body(0);
    rig.disk.put(at(1), bytesOf(1).subarray(0, 20));
    const flipped = bytesOf(2).slice();
    flipped[60] = (flipped[60] ?? 0) ^ 1;
    rig.disk.put(at(2), flipped);
    rig.disk.put(at(3), bytesOf(4));
    rig.disk.put(`${FOLDER}/notes.txt`, body(3));
    rig.disk.put(`${at(5)}.new`, body(3));
    const next = await rig.again();
    assert.deepEqual(
      next.waiting.map(({ opened }) => opened.kept.request),
      [callOf(4)],
    );
    assert.deepEqual(await next.files(), [`acme.${callOf(4)}.call`]);
    const aside = (await rig.disk.list(`${FOLDER}-aside`)).map(({ name }) => name);
    assert.equal(aside.length, 4);
    assert.match(next.line.problems().join(), /4 files could not be read/);
    const third = await next.again();
    assert.match(third.line.problems().join(), /4 files could not be read/, 'said until looked at');
  });

  it('a call of another tenant does not open, though its file is renamed', async () => {
    const rig = await rigged();
    await rig.open(1);
    const bytes = rig.disk.bytesOf(`${FOLDER}/acme.${callOf(1)}.call`) ?? body(0);
    rig.disk.put(`${FOLDER}/bolt.${callOf(2)}.call`, bytes);
    rig.disk.put(`${FOLDER}/bolt.${callOf(1)}.call`, bytes);
    const next = await rig.again();
    assert.equal(next.waiting.length, 1);
    assert.equal(next.waiting[0]?.opened.kept.tenant, 'acme');
  });
});

describe('a disk that takes nothing', () => {
  const open = (rig: Rig): ReturnType<Queued['open']> => {
    const arrived = {
      request: callOf(1),
      at: AT,
      head: HEAD,
      inPath: undefined,
      passed: undefined,
    } as const;
    return rig.line.open({ ...arrived, framing: undefined }, parkedOf('q'));
  };

  it('queues nothing, says so, and leaves nothing', async () => {
    const rig = await rigged();
    rig.disk.limit(0);
    const place = await open(rig);
    assert.equal(place.ok ? '' : place.refusal.code, 'queue_unavailable');
    assert.deepEqual(await rig.files(), []);
    assert.match(rig.line.problems().join(), /no space left/);
    assert.equal(await rig.fetched(1), 'unknown');
    rig.disk.limit(undefined);
    assert.ok((await open(rig)).ok);
    assert.deepEqual(rig.line.problems(), []);
  });

  it('does not lose an answer while the node lives', async () => {
    const rig = await rigged();
    const place = await rig.open(1);
    rig.disk.limit(rig.disk.usedBytes());
    await answered(place, 'yes');
    assert.equal(await rig.fetched(1), 'yes');
    assert.deepEqual(await rig.files(), []);
  });

  it('does not keep a node from starting', async () => {
    let fails = false;
    const before = (): void => {
      if (fails) throw new DiskFault('failed', 'the disk is broken');
    };
    const rig = await rigged({}, memoryDisk({ seed: 1, before }));
    await rig.open(1);
    fails = true;
    const next = await rig.again();
    assert.deepEqual(next.waiting, []);
    assert.match(next.line.problems().join(), /the disk is broken/);
  });
});

describe('room for queued calls', () => {
  const refusedFor = async (rig: Rig, n: number, question = 'q', tenant = 'acme') => {
    const arrived = {
      request: callOf(n),
      at: AT,
      head: HEAD,
      inPath: undefined,
      passed: undefined,
    } as const;
    const place = await rig.line.open(
      { ...arrived, framing: undefined },
      parkedOf(question, tenant),
    );
    return place.ok
      ? undefined
      : [place.refusal.code, /`queue\.\w+`/.exec(place.refusal.message)?.[0]];
  };

  it('is bounded in number, of a tenant and of all', async () => {
    const rig = await rigged({ perTenantMax: 2 });
    await rig.open(1);
    await rig.open(2);
    assert.deepEqual(await refusedFor(rig, 3), ['queue_full', '`queue.per_tenant_max`']);
    await rig.open(4, 'q', 'bolt');
    assert.deepEqual(await refusedFor(rig, 5, 'q', 'bolt'), ['queue_full', '`queue.calls_max`']);
    rig.turn(KEEP_MS);
    await rig.open(6);
  });

  it('is bounded in bytes, of a tenant and of all', async () => {
    const limits = { bytesMax: 3_000, perTenantBytesMax: 2_000 };
    const rig = await rigged({ ...limits, callsMax: 9, perTenantMax: 9 });
    const long = 'x'.repeat(1_000);
    await rig.open(1, long);
    assert.deepEqual(await refusedFor(rig, 2, long), [
      'queue_full',
      '`queue.per_tenant_bytes_max`',
    ]);
    await rig.open(3, long, 'bolt');
    assert.deepEqual(await refusedFor(rig, 4, long, 'bolt'), ['queue_full', '`queue.bytes_max`']);
  });

  it('has none for an answer that is too large, and says that it is gone', async () => {
    const rig = await rigged({ bytesMax: 3_000 });
    const [one, two] = [await rig.open(1), await rig.open(2)];
    await answered(one, 'y'.repeat(3_000));
    assert.equal(await rig.fetched(1), 'expired');
    await answered(two, 'y'.repeat(2_000));
    assert.equal((await rig.fetched(2)).length, 2_000);
    assert.deepEqual(await rig.files(), []);
  });
});

it('a node that stops keeps no answer any more: its calls wait for the next start', async () => {
  const rig = await rigged();
  const place = await rig.open(1);
  await rig.line.close();
  void place.answer(502, [], body(1));
  const next = await rig.again();
  assert.equal(next.waiting.length, 1);
});
