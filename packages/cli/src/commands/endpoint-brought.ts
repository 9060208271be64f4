// Endpoints of tenants, through the admin API: added in quarantine, asked, activated, and their
// keys, which the gateway seals. On the gateway's own machine the same is done for all tenants in a
// file: see `endpoint-file.ts`.
import type { Asked, Desk } from '../command.ts';
import { EXIT, type ExitCode, misused } from '../exit.ts';
import { askAdmin, findNamed, mayChange } from './admin.ts';
import { showChecks } from './checklist.ts';
import { activateKept, isKept, removeKept } from './endpoint-file.ts';
import { endpointPath, nameOfUrl, toldQuarantined } from './endpoint-words.ts';
import { readKey } from './secret-flags.ts';

export async function bringEndpoint(asked: Asked, desk: Desk, tenant: string): Promise<ExitCode> {
  const url = asked.words['URL'] ?? '';
  if (asked.text('tier') !== undefined) {
    throw misused('The tier of a tenant’s endpoint follows from its address.', 'Leave --tier out.');
  }
  const name = asked.text('name') ?? nameOfUrl(url);
  const models = asked.list('model');
  const body = {
    ...{ name, tenant, url },
    ...some('kind', asked.text('kind')),
    ...some('region', asked.text('region')),
    ...(models.length === 0 ? {} : { models }),
  };
  const path = '/admin/v1/endpoints';
  const change = { question: '', shown: { method: 'POST', path, body }, takes: false };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const key = (await readKey(asked, desk))?.reveal();
  const made = await askAdmin(desk, {
    method: 'POST',
    path,
    body: { ...body, ...some('key', key) },
  });
  const whole = `${tenant}/${name}`;
  const fit = showChecks(made, desk.terminal);
  if (fit && asked.switched('activate')) return activate(whole, desk);
  return toldQuarantined(whole, fit, desk);
}

export async function probeEndpoint(asked: Asked, desk: Desk): Promise<ExitCode> {
  const name = asked.words['NAME'] ?? '';
  await findNamed(desk, 'endpoints', name);
  const examined = await askAdmin(desk, { method: 'POST', path: endpointPath(name, 'probe') });
  const fit = showChecks(examined, desk.terminal);
  desk.terminal.say(`next: signalbox endpoint show ${name}`);
  return fit ? EXIT.ok : EXIT.failed;
}

export async function activateEndpoint(asked: Asked, desk: Desk): Promise<ExitCode> {
  const name = asked.words['NAME'] ?? '';
  await findNamed(desk, 'endpoints', name);
  const path = endpointPath(name, 'activate');
  const change = { question: '', shown: { method: 'POST', path }, takes: false };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  return (await isKept(name, desk)) ? activateKept(name, desk) : activate(name, desk);
}

async function activate(name: string, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const done = await askAdmin(desk, { method: 'POST', path: endpointPath(name, 'activate') });
  if (terminal.json) terminal.out(`${JSON.stringify(done)}\n`);
  else terminal.out(`${name}: active\n`);
  terminal.say(`undo: signalbox endpoint drain ${name}`);
  return EXIT.ok;
}

export async function changeKey(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  await findNamed(desk, 'endpoints', name);
  const path = endpointPath(name, 'key');
  const removes = asked.switched('remove');
  const method = removes ? 'DELETE' : 'PUT';
  const question = `Delete the key of ${name}?`;
  const change = { question, shown: { method, path }, takes: removes };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  if (removes) {
    const done = await askAdmin(desk, { method, path });
    terminal.out(terminal.json ? `${JSON.stringify(done)}\n` : `${name}: key deleted\n`);
    terminal.say(`next: signalbox endpoint key ${name} --key-stdin`);
    return EXIT.ok;
  }
  const key = await readKey(asked, desk);
  if (key === undefined) {
    throw misused('A key is wanted.', 'Write --key env:NAME, --key-stdin, or --remove.');
  }
  const examined = await askAdmin(desk, { method, path, body: { key: key.reveal() } });
  const fit = showChecks(examined, terminal);
  terminal.say(`next: signalbox endpoint show ${name}`);
  return fit ? EXIT.ok : EXIT.failed;
}

export async function removeEndpoint(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  if (await isKept(name, desk)) return removeKept(asked, desk);
  await findNamed(desk, 'endpoints', name);
  const path = endpointPath(name);
  const question = `Remove ${name}?`;
  const change = { question, shown: { method: 'DELETE', path }, takes: true };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const done = await askAdmin(desk, { method: 'DELETE', path });
  terminal.out(terminal.json ? `${JSON.stringify(done)}\n` : `${name}: removed\n`);
  terminal.say('next: signalbox endpoint list');
  return EXIT.ok;
}

const some = (key: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [key]: value };
