import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientOf, HELLO, hands, serve, until } from './client.fixture.ts';
import type { Status } from './index.ts';
import { Reach } from './reach.ts';

describe('a gateway that goes away', () => {
  it('is not asked before it has answered a probe, and then by one call', async (context) => {
    const gateway = await serve(context, 'far');
    const local = await serve(context, 'near');
    const time = hands();
    const seen: Status['gateway'][] = [];
    const client = clientOf(context, gateway, {
      to: local,
      session: 'ticket-1',
      onChange: ({ gateway: now }) => seen.push(now),
      ...time,
    });
    assert.equal((await client.chat(HELLO)).via, 'gateway');
    await gateway.close();
    assert.equal((await client.chat(HELLO)).via, 'local');
    const { why } = client.status();
    assert.equal(why, 'connection');
    for (let i = 0; i < 3; i += 1) {
      const answer = await client.chat(HELLO);
      assert.ok(answer.via === 'local');
      assert.equal(answer.why, 'away');
    }

    const back = await serve(context, 'back', gateway.port);
    assert.equal((await client.chat(HELLO)).via, 'local');
    assert.deepEqual(time.waits(), [1_000]);
    await time.turn(1_000);
    await until(() => client.status().gateway === 'trial');
    assert.deepEqual([back.probes, back.asked.length], [1, 0]);

    const well = back.answer;
    const held: (() => void)[] = [];
    back.answer = (asked, response) => void held.push(() => well(asked, response));
    const first = client.chat(HELLO);
    await until(() => held.length === 1);
    assert.equal((await client.chat(HELLO)).via, 'local');
    for (const answer of held) answer();
    assert.equal((await first).via, 'gateway');
    back.answer = well;
    assert.equal((await client.chat(HELLO)).via, 'gateway');
    assert.equal(back.asked.at(-1)?.headers['x-signalbox-session'], 'ticket-1');
    assert.deepEqual(seen, ['away', 'trial', 'up']);
    assert.deepEqual(time.waits(), []);
    assert.equal(client.status().failures, 0);
  });

  it('is waited for twice as long when it fails in its trial', async (context) => {
    const gateway = await serve(context, 'far');
    const local = await serve(context, 'near');
    const time = hands();
    const client = clientOf(context, gateway, { to: local, ...time });
    gateway.answer = (_, response) => response.writeHead(502).end();
    assert.equal((await client.chat(HELLO)).via, 'local');
    for (const ms of [1_000, 2_000, 4_000]) {
      await time.turn(ms);
      await until(() => client.status().gateway === 'trial');
      const answer = await client.chat(HELLO);
      assert.ok(answer.via === 'local');
      assert.equal(answer.why, 'network');
    }
  });

  it('stays in its trial when the caller of the trying call gives up', async (context) => {
    const gateway = await serve(context, 'far');
    const local = await serve(context, 'near');
    const time = hands();
    const client = clientOf(context, gateway, { to: local, ...time });
    const well = gateway.answer;
    gateway.answer = (_, response) => response.writeHead(503).end();
    await client.chat(HELLO);
    await time.turn(1_000);
    await until(() => client.status().gateway === 'trial');
    gateway.answer = () => undefined;
    const stop = new AbortController();
    const tried = client.chat(HELLO, { signal: stop.signal });
    await until(() => gateway.asked.length === 2);
    stop.abort();
    await assert.rejects(tried, { name: 'AbortError' });
    assert.equal(client.status().gateway, 'trial');
    gateway.answer = well;
    assert.equal((await client.chat(HELLO)).via, 'gateway');
  });

  it('is not believed to be back by the word of a stranger', async (context) => {
    const gateway = await serve(context, 'far');
    const local = await serve(context, 'near');
    const time = hands();
    const client = clientOf(context, gateway, { to: local, ...time });
    gateway.answer = (_, response) => response.writeHead(302, { location: '/' }).end();
    gateway.health = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>');
    };
    await client.chat(HELLO);
    await time.turn(1_000);
    await until(() => client.status().failures === 2);
    assert.equal(client.status().gateway, 'away');
  });
});

describe('probes', () => {
  /** A probe that is answered by hand. */
  function probing(chance = 1) {
    const time = hands();
    time.chance = chance;
    const open: ((isThere: boolean) => void)[] = [];
    const probe = (): Promise<boolean> => new Promise((resolve) => open.push(resolve));
    const waits = { firstMs: 100, maxMs: 1_000 };
    const reach = new Reach(time.platform, probe, { waits, changed: () => undefined });
    const answer = async (isThere: boolean): Promise<void> => {
      open.shift()?.(isThere);
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { time, open, reach, answer };
  }

  it('come one at a time, however many look', async () => {
    const { open, reach, answer } = probing();
    const looks = Array.from({ length: 50 }, () => reach.look());
    assert.equal(open.length, 1);
    await answer(true);
    assert.deepEqual(new Set(await Promise.all(looks)), new Set([true]));
    void reach.look();
    assert.equal(open.length, 1);
  });

  it('wait longer each time, up to the longest, half of it by chance', async () => {
    for (const chance of [0, 0.5, 1]) {
      const { time, open, reach, answer } = probing(chance);
      for (let i = 0; i < 20; i += 1) reach.gone('connection');
      for (const longest of [100, 200, 400, 800, 1_000, 1_000]) {
        const ms = longest / 2 + (chance * longest) / 2;
        assert.deepEqual(time.waits(), [ms]);
        await time.turn(ms);
        assert.equal(open.length, 1);
        await answer(false);
      }
    }
  });

  it('are over when the gateway has answered a call, or the client is closed', async () => {
    const { time, open, reach, answer } = probing();
    reach.gone('timeout');
    reach.answered();
    assert.deepEqual(time.waits(), []);
    assert.equal(reach.status().gateway, 'up');
    reach.gone('timeout');
    await time.turn(100);
    reach.answered();
    await answer(false);
    assert.deepEqual([time.waits(), reach.status().gateway], [[], 'up']);
    reach.gone('timeout');
    await time.turn(100);
    reach.close();
    await answer(false);
    assert.deepEqual([time.waits(), open.length], [[], 0]);
  });

  it('let one call at a time try', async () => {
    const { time, reach, answer } = probing();
    reach.gone('network');
    assert.equal(reach.may(), false);
    await time.turn(100);
    await answer(true);
    assert.deepEqual([reach.may(), reach.may()], [true, false]);
    reach.untold();
    assert.equal(reach.may(), true);
    reach.answered();
    assert.deepEqual([reach.may(), reach.may()], [true, true]);
  });
});
