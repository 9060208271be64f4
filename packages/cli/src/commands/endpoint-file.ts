// Endpoints that are added on the gateway's own machine. Whoever can write its data folder is its
// operator, so what is written there may name private addresses, tiers and secrets in files, which
// the admin API must not. A running gateway sees the file change; one that starts later reads it.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { renderProblems } from '@signalbox/config';
import { usualUrl, type WrittenDocument } from '@signalbox/control';
import { createRandom, openDataFolder } from '@signalbox/ports';
import type { Asked, Desk } from '../command.ts';
import { OPERATOR_FILE } from '../configuration/gather.ts';
import { readModels } from '../configuration/local-servers.ts';
import { readOffline } from '../configuration/offline.ts';
import { writeWhole } from '../configuration/write-whole.ts';
import { CommandFault, EXIT, type ExitCode, misused } from '../exit.ts';
import { textIn } from '../gateway-client.ts';
import { readRunning } from '../running.ts';
import {
  type ConsoleTree,
  OPERATOR_HEAD,
  readTree,
  textOfTree,
  withDocument,
  without,
} from '../up/console-tree.ts';
import { problemsOf } from '../up/documents.ts';
import { VERSION } from '../version.ts';
import { askAdmin, listOf, mayChange } from './admin.ts';
import { showChecks } from './checklist.ts';
import { endpointPath, nameOfUrl, toldQuarantined } from './endpoint-words.ts';

const ASK_MS_MAX = 3_000;
const IN_FORCE_MS_MAX = 10_000;
const LOOK_MS = 100;

export async function addEndpoint(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.text('name') ?? nameOfUrl(asked.words['URL'] ?? '');
  const tree = await keptTree(desk);
  if (tree.endpoints?.[name] !== undefined) {
    const hint = `Remove it first, or give this one a --name: signalbox endpoint remove ${name}`;
    throw new CommandFault(EXIT.conflict, `An endpoint is called \`${name}\` already.`, { hint });
  }
  // What no endpoint may be called, or stand at, is not even asked for its models.
  const stated = { url: asked.words['URL'] ?? '' };
  await checkTree(withDocument(tree, 'endpoints', name, stated), desk);
  const document = await documentOf(asked, desk);
  const next = withDocument(tree, 'endpoints', name, document);
  const shown = { file: fileOf(desk), endpoint: { [name]: document } };
  await checkTree(next, desk);
  if (!(await mayChange(asked, desk, { question: `Add ${name}?`, shown, takes: false }))) {
    return EXIT.ok;
  }
  await keep(next, desk);
  const inForce = await waitFor(desk, (rows) => stateOf(rows, name) !== undefined);
  if (!inForce) {
    if (terminal.json) terminal.out(`${JSON.stringify({ name, in_force: false })}\n`);
    terminal.say(`${name} is kept, in quarantine.\nnext: signalbox up`);
    return EXIT.ok;
  }
  const examined = await askAdmin(desk, { method: 'POST', path: endpointPath(name, 'probe') });
  const fit = showChecks(examined, terminal);
  if (fit && asked.switched('activate')) return letIn(name, desk);
  return toldQuarantined(name, fit, desk);
}

/** One that is kept in the file of this machine: asked again, and let in there. */
export async function activateKept(name: string, desk: Desk): Promise<ExitCode> {
  const examined = await askAdmin(desk, { method: 'POST', path: endpointPath(name, 'probe') });
  const fit = showChecks(examined, desk.terminal);
  return fit ? letIn(name, desk) : toldQuarantined(name, fit, desk);
}

export const isKept = async (name: string, desk: Desk): Promise<boolean> =>
  (await keptTree(desk)).endpoints?.[name] !== undefined;

async function letIn(name: string, desk: Desk): Promise<ExitCode> {
  const tree = await keptTree(desk);
  const { quarantine: _in, ...document } = tree.endpoints?.[name] ?? {};
  const next = withDocument(tree, 'endpoints', name, document);
  await checkTree(next, desk);
  await keep(next, desk);
  await waitFor(desk, (rows) => stateOf(rows, name) !== 'quarantined');
  if (!desk.terminal.json) desk.terminal.out(`${name}: active\n`);
  desk.terminal.say(`undo: signalbox endpoint drain ${name}`);
  return EXIT.ok;
}

export async function removeKept(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const tree = await keptTree(desk);
  const next = without(tree, 'endpoints', name);
  await checkTree(next, desk);
  const shown = { file: fileOf(desk), removes: name };
  if (!(await mayChange(asked, desk, { question: `Remove ${name}?`, shown, takes: true }))) {
    return EXIT.ok;
  }
  await keep(next, desk);
  const inForce = await waitFor(desk, (rows) => stateOf(rows, name) === undefined);
  if (terminal.json)
    terminal.out(`${JSON.stringify({ name, removed: true, in_force: inForce })}\n`);
  else terminal.out(`${name}: removed\n`);
  terminal.say('next: signalbox endpoint list');
  return EXIT.ok;
}

async function documentOf(asked: Asked, desk: Desk): Promise<WrittenDocument> {
  const given = asked.list('model');
  if (asked.switched('key-stdin')) {
    const message = 'A key for all tenants is named by where it stands.';
    throw misused(message, 'Write --key env:NAME; --key-stdin goes with --tenant.');
  }
  const credential = asked.text('key');
  const tier = asked.text('tier');
  const stated = asked.words['URL'] ?? '';
  const { url, models } =
    given.length > 0 ? { url: stated, models: given } : await askModels(stated, credential, desk);
  const kind = asked.text('kind');
  const region = asked.text('region');
  return {
    ...(kind === undefined ? {} : { kind }),
    url,
    ...(tier === undefined ? {} : { tier: tierOf(tier) }),
    ...(region === undefined ? {} : { region }),
    ...(credential === undefined ? {} : { credentials: [{ secret: credential }] }),
    models,
    quarantine: true,
  };
}

function tierOf(text: string): number {
  if (/^[123]$/.test(text)) return Number(text);
  throw misused(`\`${text}\` is no tier.`, 'Tiers are 1, 2 and 3.');
}

/**
 * Asks the server itself; a key goes along only when it is in the environment of this command. Of
 * a URL without a path the usual one is tried, too.
 */
async function askModels(
  stated: string,
  credential: string | undefined,
  { place }: Desk,
): Promise<{ readonly url: string; readonly models: readonly string[] }> {
  const variable = credential?.startsWith('env:') === true ? credential.slice(4) : undefined;
  const key = variable === undefined ? undefined : place.environment[variable];
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  for (const url of [stated, usualUrl(stated)]) {
    if (url === undefined) continue;
    const models = await modelsAt(url, headers);
    if (models.length > 0) return { url, models };
  }
  throw new CommandFault(EXIT.down, `Nothing at ${new URL(stated).host} named its models.`, {
    hint: 'Start it, write its URL with the version path, or say what it serves: --model NAME',
  });
}

/** None too where nobody answers: both ask for the same thing. */
async function modelsAt(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  try {
    const signal = AbortSignal.timeout(ASK_MS_MAX);
    const target = `${url.replace(/\/+$/, '')}/models`;
    const response = await fetch(target, { signal, redirect: 'manual', headers });
    return response.ok ? readModels(await response.text()) : [];
  } catch {
    return [];
  }
}

const fileOf = ({ place }: Desk): string => join(place.dataFolder, OPERATOR_FILE);

const keptTree = (desk: Desk): Promise<ConsoleTree> => readTree(fileOf(desk));

/** Everything together must be right before a byte is written. */
async function checkTree(tree: ConsoleTree, { place }: Desk): Promise<void> {
  const instead = { [OPERATOR_FILE]: textOfTree(tree, OPERATOR_HEAD) };
  const problems = problemsOf(await readOffline(place, { instead }));
  if (problems.length === 0) return;
  const shown = renderProblems(problems, { color: false }).trimEnd();
  throw new CommandFault(EXIT.usage, shown, { hint: 'Nothing was changed.' });
}

async function keep(tree: ConsoleTree, desk: Desk): Promise<void> {
  // Before the first start there is no folder yet, and one without a marker is nobody's.
  const program = `signalbox ${VERSION}`;
  const { dataFolder: path, environment } = desk.place;
  const kek = environment['SIGNALBOX_KEK'];
  await openDataFolder({ path, random: createRandom(), program, kek });
  await writeWhole(fileOf(desk), textOfTree(tree, OPERATOR_HEAD));
}

/** True once a gateway that runs on this data folder knows; false when there is none. */
async function waitFor(desk: Desk, known: (rows: readonly unknown[]) => boolean): Promise<boolean> {
  if (readRunning(desk.place.dataFolder) === undefined) return false;
  const end = performance.now() + IN_FORCE_MS_MAX;
  while (performance.now() < end) {
    if (known(await listOf(desk, 'endpoints'))) return true;
    await pause(LOOK_MS);
  }
  throw new CommandFault(EXIT.partial, 'It is written, and the gateway has not taken it up.', {
    hint: 'See why: signalbox doctor',
  });
}

/** Undefined: nothing has this name. */
function stateOf(rows: readonly unknown[], name: string): string | undefined {
  return textIn(
    rows.find((one) => textIn(one, 'name') === name),
    'state',
  );
}
