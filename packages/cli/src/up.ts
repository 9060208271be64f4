// `signalbox up`: opens the server, says what one needs next, and stays until it is told to go.
//
// The first signal drains: `/readyz` says so, calls are still taken for a while, open streams end.
// The second ends it at once. What nobody expected is shown and ends it with a failure: a server
// that went on after that would promise what it cannot know.

import { flushCompileCache } from 'node:module';
import { DataFolderFault, JournalFault, type OpenSink, SettingFault } from '@signalbox/ports';
import type { Asked, Command, Desk } from './command.ts';
import { CONFIG_FLAG } from './configuration/config-flag.ts';
import { CommandFault, EXIT, type ExitCode, misused } from './exit.ts';
import { giveBackMemory } from './up/give-back.ts';
import { portTaken } from './up/port-taken.ts';
import { openServer, type Role, type Server } from './up/server.ts';
import { findSilent } from './up/silent.ts';
import { startLines } from './up/start-lines.ts';
import { VERSION } from './version.ts';

export const up: Command = {
  name: 'up',
  says: 'Serve: gateway, admin API and console in one process.',
  flags: {
    config: CONFIG_FLAG,
    host: { says: 'Address to listen on; 127.0.0.1 (SIGNALBOX_HOST).', takes: 'ADDRESS' },
    port: { says: 'Port to listen on; 4141, 0 for any (SIGNALBOX_PORT).', takes: 'N' },
    gguf: { says: 'A model file to run as tier 1 (SIGNALBOX_GGUF).', takes: 'FILE' },
    log: {
      says: 'Least severe log line: debug, info, warn, error (SIGNALBOX_LOG).',
      takes: 'LEVEL',
    },
    role: { says: '`all`, or `gateway`: without admin API and console.', takes: 'ROLE' },
    'no-discovery': { says: 'Look for no model servers and no provider keys.' },
  },
  examples: [
    'signalbox up',
    'signalbox up --config signalbox.yaml --port 8080',
    'SIGNALBOX_GGUF=model.gguf signalbox up',
  ],
  run: serve,
};

async function serve(asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const { settings, environment, flags, folder } = place;
  const role = roleOf(asked.text('role') ?? 'all');
  const discovers = !asked.switched('no-discovery');
  const failing = failLoudly();
  const signals = hearSignals();
  const server = await openServer({ settings, environment, flags, folder, role, discovers }).catch(
    async (cause: unknown) => {
      throw await startFault(cause);
    },
  );
  failing.sink = server.sink;
  const started = environment['npm_lifecycle_event'] === 'start';
  const command = started ? 'npx --no signalbox' : 'signalbox';
  if (terminal.json) terminal.out(`${JSON.stringify(startDocument(server))}\n`);
  else {
    const silent = await findSilent(server.status().endpoints);
    const lines = startLines(server, { version: VERSION, command, silent });
    terminal.out(`${lines.join('\n')}\n`);
  }
  flushCompileCache();
  giveBackMemory(() => server.exchanges());
  signals.onReload(() => void server.reload());
  const signal = await signals.ending;
  server.sink.log('info', 'stopping', { signal });
  await server.stop();
  return EXIT.ok;
}

function roleOf(text: string): Role {
  if (text === 'all' || text === 'gateway') return text;
  const hint =
    text === 'control'
      ? 'A control plane by itself needs a shared store; here it is part of `all`.'
      : 'The roles are `all` and `gateway`.';
  throw misused(`There is no role \`${text}\`.`, hint);
}

function startDocument(server: Server): object {
  const { url, demo, logPath } = server;
  const { endpoints, models } = server.status();
  return {
    url,
    api: `${url}/v1`,
    console: server.loginLink() ?? null,
    key: demo?.key.reveal() ?? null,
    tenant: demo?.tenant ?? null,
    endpoints: endpoints.map(({ name, tier, state }) => ({ name, tier, state })),
    models: models.map(({ name, tiers, available }) => ({ name, tiers, available })),
    log: logPath,
    pid: process.pid,
  };
}

/** What can be said in advance about why a start fails; all else is a fault of ours. */
async function startFault(cause: unknown): Promise<unknown> {
  const isKnown = cause instanceof DataFolderFault || cause instanceof JournalFault;
  if (isKnown || cause instanceof SettingFault) {
    return new CommandFault(EXIT.usage, cause.message);
  }
  if (!(cause instanceof Error && 'code' in cause && 'syscall' in cause)) return cause;
  const { code, syscall } = cause;
  if (syscall !== 'listen') return cause;
  const host = 'address' in cause ? String(cause.address) : '';
  const port = 'port' in cause ? Number(cause.port) : 0;
  if (code === 'EADDRINUSE') return portTaken({ host, port });
  return new CommandFault(EXIT.usage, `Nothing can listen on ${host}:${port} (${String(code)}).`, {
    hint: 'Choose another address with --host, or another port with --port.',
  });
}

type Signals = {
  /** The signal that asks it to end. */
  readonly ending: Promise<NodeJS.Signals>;
  onReload(then: () => void): void;
};

const SIGNAL_EXITS = { SIGINT: 130, SIGTERM: 143 } as const;

function hearSignals(): Signals {
  let reload = (): void => {};
  process.on('SIGHUP', () => reload());
  const ending = new Promise<NodeJS.Signals>((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(SIGNAL_EXITS[signal]);
        asked = true;
        resolve(signal);
      });
    }
  });
  return {
    ending,
    onReload(then) {
      reload = then;
    },
  };
}

type Failing = { sink: OpenSink | undefined };

function failLoudly(): Failing {
  const failing: Failing = { sink: undefined };
  const fail = (cause: unknown): void => {
    const name = cause instanceof Error ? cause.name : typeof cause;
    const shown = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    process.stderr.write(`signalbox: a fault of ours, so it stops.\n${shown}\n`);
    failing.sink?.log('error', 'failed', { name });
    failing.sink?.close();
    process.exit(EXIT.failed);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  return failing;
}
