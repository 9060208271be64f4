import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startSim } from '@signalbox/sim';
import { startGateway } from '../example.fixture.ts';

const WAIT_MS_MAX = 60_000;

test('an agent goes on while its gateway is away, and returns to it', async (context) => {
  const gateway = await startGateway(context);
  const local = await startSim({});
  context.after(() => local.close());
  const wire = await startWire(context, Number(new URL(gateway.url).port));
  const agent = startAgent(context, {
    ...gateway.environment,
    SIGNALBOX_URL: `http://127.0.0.1:${wire.port}`,
    LOCAL_URL: `${local.url}/v1`,
  });

  assert.equal(await agent.ask('classify: refund please'), 'gateway: refund');
  assert.match(
    await agent.line(),
    /^ {2}sim-small at sim-local \(tier 1\) answered, decision dec_/,
  );
  assert.equal(await agent.ask('@nobody hello'), 'refused: model_unknown');

  await wire.cut();
  assert.equal(await agent.ask('classify: refund please'), 'gateway is away');
  assert.equal(await agent.line(), 'local: refund');
  assert.match(
    await agent.line(),
    /^ {2}no connection to the gateway, so sim-small at .* answered$/,
  );

  await wire.mend();
  const end = performance.now() + WAIT_MS_MAX;
  for (let said = ''; said !== 'gateway: refund'; ) {
    assert.ok(performance.now() < end, 'it never came back');
    said = await agent.ask('classify: refund please');
    while (said.startsWith('gateway is')) said = await agent.line();
    await agent.line();
    await pause(50);
  }
  const { last } = local.requests();
  assert.ok(!JSON.stringify(last).includes(gateway.key));
});

/** What is between an agent and its gateway, to be cut and mended. */
async function startWire(context: TestContext, to: number) {
  const open = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  };
  await listen(0);
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { port } = address;
  context.after(() => (server.listening ? cut() : undefined));
  return { port, cut, mend: () => listen(port) };
}

function startAgent(context: TestContext, environment: Readonly<Record<string, string>>) {
  const program = fileURLToPath(new URL('agent.mjs', import.meta.url));
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  context.after(() => void child.kill());
  const lines: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    const whole = (rest + piece).split('\n');
    rest = whole.pop() ?? '';
    lines.push(...whole);
  });
  const line = async (): Promise<string> => {
    const end = performance.now() + WAIT_MS_MAX;
    for (let said = lines.shift(); ; said = lines.shift()) {
      if (said !== undefined) return said;
      assert.ok(child.exitCode === null && performance.now() < end, 'the agent says nothing');
      await pause(10);
    }
  };
  const ask = (question: string): Promise<string> => {
    child.stdin.write(`${question}\n`);
    return line();
  };
  return { ask, line };
}
