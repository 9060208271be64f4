import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENVIRONMENT, environmentReference } from './environment.table.ts';
import { readSettings } from './environment.ts';
import { configurationOf, problemOf, read, whole } from './read.fixture.ts';

const TEXT = 'version: 1\nserver: { port: 1000 }\n';

test('flag wins over environment, environment over file, file over default', () => {
  const port = (options: Parameters<typeof configurationOf>[1]): number =>
    configurationOf(TEXT, options).server.port;
  const environment = { SIGNALBOX_PORT: '2000' };
  assert.equal(port({ environment, flags: { port: '3000' } }), 3000);
  assert.equal(port({ environment }), 2000);
  assert.equal(port({}), 1000);
  assert.equal(configurationOf('version: 1\n').server.port, 4141);
});

test('the origin of every value is told', () => {
  const options = { environment: { SIGNALBOX_HOST: '0.0.0.0' }, flags: { log: 'debug' } };
  const rows = new Map(
    whole(read(TEXT, options))
      .origins()
      .map((row) => [row.path, row]),
  );
  const told = (path: string): string => {
    const row = rows.get(path);
    return `${row?.value} ${row?.from} ${row?.where}`;
  };
  assert.equal(told('server.host'), '"0.0.0.0" environment SIGNALBOX_HOST');
  assert.equal(told('server.port'), '1000 file signalbox.yaml:2');
  assert.equal(told('telemetry.log_level'), '"debug" flag --log');
  assert.equal(told('queue.wait_ms_max'), '30000 default ');
  assert.equal(told('server.drain_delay_ms'), '5000 default ');
});

test('a mistake in a variable or flag is shown like one in a file', () => {
  const problem = problemOf(TEXT, { environment: { SIGNALBOX_PORT: 'eighty' } });
  assert.equal(problem.file, 'SIGNALBOX_PORT');
  assert.equal(problem.column, 16);
  assert.equal(problem.excerpt, 'SIGNALBOX_PORT=eighty\n               ^^^^^^');
  assert.equal(problemOf(TEXT, { flags: { port: '99999' } }).excerpt, '--port 99999\n       ^^^^^');
  assert.equal(
    problemOf(TEXT, { environment: { SIGNALBOX_LOG: 'debugg' } }).hint,
    'did you mean `debug`?',
  );
});

test('a variable set to nothing is not set', () => {
  assert.equal(configurationOf(TEXT, { environment: { SIGNALBOX_PORT: '' } }).server.port, 1000);
});

test('settings of the program are read before any file', () => {
  const settings = readSettings({
    environment: { SIGNALBOX_CONFIG: 'a.yaml, conf/*.yaml,', SIGNALBOX_ADMIN_KEY: 'x' },
    flags: { data: '/var/lib/signalbox' },
  });
  assert.deepEqual(settings.configFiles, ['a.yaml', 'conf/*.yaml']);
  assert.equal(settings.dataFolder, '/var/lib/signalbox');
  assert.equal(settings.byVariable.get('SIGNALBOX_ADMIN_KEY')?.secret, true);
  assert.equal(readSettings({}).dataFolder, './.signalbox');
  assert.deepEqual(readSettings({}).configFiles, []);
  assert.equal(settings.byVariable.has('SIGNALBOX_PORT'), false);
});

test('no secret is ever given by flag', () => {
  for (const row of ENVIRONMENT) assert.ok(!(row.secret && row.flag !== undefined), row.variable);
});

test('the reference page names every variable', () => {
  const page = environmentReference();
  for (const row of ENVIRONMENT) assert.ok(page.includes(`| \`${row.variable}\` |`), row.variable);
});

test('names that objects have by themselves set nothing', () => {
  const inherited: Record<string, string> = Object.create({ SIGNALBOX_PORT: '1' });
  assert.equal(configurationOf(TEXT, { environment: inherited }).server.port, 1000);
});
