// `signalbox doctor`: looks at everything a gateway needs and says, check by check, what is wrong
// and which command helps. Changes nothing, except with `doctor journal --set-aside`.
import { existsSync } from 'node:fs';
import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkJournal,
  JournalFault,
  lookAtJournal,
  nodeDisk,
  setAsideDamage,
} from '@signalbox/ports';
import { nodeKeys } from '@signalbox/trust/node';
import type { Asked, Command, Desk } from '../command.ts';
import { readOffline } from '../configuration/offline.ts';
import { CommandFault, EXIT, type ExitCode } from '../exit.ts';
import { listIn, readJson, send, textIn, textsIn } from '../gateway-client.ts';
import { columns, counted, printable } from '../layout.ts';
import type { Place } from '../place.ts';
import { readRunning } from '../running.ts';
import { problemsOf } from '../up/documents.ts';
import { mayChange } from './admin.ts';

export const commands: readonly Command[] = [
  {
    name: 'doctor',
    says: 'Check everything a gateway needs.',
    flags: {
      config: {
        says: 'Configuration file or pattern (SIGNALBOX_CONFIG).',
        takes: 'FILE',
        many: true,
      },
    },
    examples: ['signalbox doctor', 'signalbox doctor --json'],
    run: doctor,
  },
  {
    name: 'doctor journal',
    says: 'Read the whole journal of a gateway that does not run, and say what verifies.',
    flags: {
      'set-aside': { says: 'Move what cannot be read out of the way; nothing is deleted.' },
    },
    changes: true,
    examples: ['signalbox doctor journal', 'signalbox doctor journal --set-aside'],
    run: journal,
  },
];

type Verdict = 'ok' | 'note' | 'wrong';
type Check = {
  readonly name: string;
  readonly verdict: Verdict;
  readonly says: string;
  /** The command that helps. */
  readonly run?: string;
};

const NODE_MAJOR_MIN = 24;
const OTHERS = 0o077;
const FREE_BYTES_MIN = 1_073_741_824;
/** `doctor` reads this much of the journal, a second or two; `doctor journal` reads all of it. */
const JOURNAL_BYTES_MAX = 268_435_456;
const WRONG_BODIES =
  'Bodies that do not fit their heads were changed, or the file `pepper` in the data folder is ' +
  'not the one that they were written with. Restore the journal and `pepper` from the same backup.';
const PRIVATE_FILES = ['pepper', 'kek', 'demo.key', 'admin.key', 'signalbox.json'];

async function doctor(_asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal, place } = desk;
  const checks: Check[] = [checkNode()];
  checks.push(...(await checkFolder(place.dataFolder)), ...(await checkConfiguration(place)));
  checks.push(...(await checkJournalFiles(place.dataFolder)), ...(await checkGateway(place)));
  const wrong = checks.filter(({ verdict }) => verdict === 'wrong').length;
  if (terminal.json) terminal.out(`${JSON.stringify({ ok: wrong === 0, checks })}\n`);
  else {
    const { paint } = terminal;
    const words = { ok: paint.green('ok'), note: paint.dim('note'), wrong: paint.red('wrong') };
    const rows = checks.map(({ name, verdict, says, run }) => [
      words[verdict],
      name,
      printable(says) + (run === undefined ? '' : `; run: ${run}`),
    ]);
    terminal.out(columns(rows));
  }
  terminal.say(
    wrong === 0
      ? 'next: signalbox doctor journal'
      : `${wrong} of ${counted(checks.length, 'check')} failed`,
  );
  return wrong === 0 ? EXIT.ok : EXIT.failed;
}

function checkNode(): Check {
  const { node } = process.versions;
  const isNew = Number.parseInt(node, 10) >= NODE_MAJOR_MIN;
  return {
    name: 'node',
    verdict: isNew ? 'ok' : 'wrong',
    says: `${node} on ${process.platform}-${process.arch}`,
  };
}

async function checkFolder(folder: string): Promise<readonly Check[]> {
  const facts = await stat(folder).catch(() => undefined);
  const name = 'data folder';
  if (facts === undefined) {
    return [{ name, verdict: 'note', says: `${folder} is not there yet`, run: 'signalbox up' }];
  }
  const open = await openToOthers(folder);
  const checks: Check[] =
    open.length === 0
      ? [{ name, verdict: 'ok', says: `${folder}, private to its owner` }]
      : open.map((path) => ({
          name,
          verdict: 'wrong',
          says: `${path} is open to others`,
          run: `chmod go-rwx '${path}'`,
        }));
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const says = `${Math.round(free / 1e6).toLocaleString('en')} MB free`;
  checks.push({ name: 'disk', verdict: free < FREE_BYTES_MIN ? 'wrong' : 'ok', says });
  return checks;
}

async function openToOthers(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of [folder, ...PRIVATE_FILES.map((name) => join(folder, name))]) {
    const facts = await stat(path).catch(() => undefined);
    if (facts !== undefined && (facts.mode & OTHERS) !== 0) found.push(path);
  }
  return found;
}

async function checkConfiguration(place: Place): Promise<readonly Check[]> {
  const reading = await readOffline(place);
  const problems = problemsOf(reading);
  const name = 'configuration';
  const [first] = problems;
  if (first !== undefined) {
    const says = `${counted(problems.length, 'problem')}, the first at ${first.file}:${first.line}`;
    return [{ name, verdict: 'wrong', says, run: 'signalbox config validate' }];
  }
  if (reading.kind !== 'whole' || !reading.whole.ok) return [];
  const { endpoints, tenants } = reading.whole.configuration;
  const says = `valid: ${counted(endpoints.size, 'endpoint')}, ${counted(tenants.size, 'tenant')}`;
  return [{ name, verdict: 'ok', says }];
}

async function checkJournalFiles(dataFolder: string): Promise<readonly Check[]> {
  const folder = join(dataFolder, 'journal');
  if (!existsSync(folder)) return [];
  const isOpen = readRunning(dataFolder) !== undefined;
  const name = 'journal';
  try {
    const options = { isOpen, bytesMax: JOURNAL_BYTES_MAX };
    const { read, segments, fault } = await lookAtJournal(nodeDisk(), folder, options);
    if (fault !== undefined) return [{ name, verdict: 'wrong', says: fault.message }];
    if (read === segments) return [{ name, verdict: 'ok', says: 'every segment verifies' }];
    const says = `the newest ${read} of ${segments} segments verify, the others were not read`;
    return [{ name, verdict: 'note', says, run: 'signalbox doctor journal' }];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return [{ name, verdict: 'wrong', says: `${folder} cannot be read: ${why}` }];
  }
}

async function checkGateway(place: Place): Promise<readonly Check[]> {
  const name = 'gateway';
  let url: string;
  try {
    url = place.url;
  } catch (cause) {
    if (!(cause instanceof CommandFault)) throw cause;
    return [{ name, verdict: 'note', says: 'does not run', run: 'signalbox up' }];
  }
  try {
    const ready = await readJson(await send({ url, key: '', path: '/readyz' }));
    const mode = textIn(ready, 'mode') ?? 'unknown';
    const reasons = textsIn(ready, 'reasons');
    const says = `${mode} at ${url}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`;
    return [
      { name, verdict: mode === 'ready' ? 'ok' : 'wrong', says },
      ...(await checkEndpoints(place)),
    ];
  } catch (cause) {
    if (!(cause instanceof CommandFault)) throw cause;
    return [{ name, verdict: 'wrong', says: cause.message, run: 'signalbox up' }];
  }
}

async function checkEndpoints(place: Place): Promise<readonly Check[]> {
  const key = place.adminKey();
  const body = await readJson(await send({ url: place.url, key, path: '/admin/v1/endpoints' }));
  return listIn(body, 'data').flatMap((one): readonly Check[] => {
    const state = textIn(one, 'state');
    if (state !== 'down' && state !== 'unavailable') return [];
    const says = `${textIn(one, 'name')} is ${state}: ${textIn(one, 'why') ?? 'no reason given'}`;
    return [{ name: 'endpoint', verdict: 'note', says }];
  });
}

async function journal(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal, place } = desk;
  const folder = join(place.dataFolder, 'journal');
  if (!existsSync(folder)) {
    throw new CommandFault(EXIT.missing, `There is no journal in ${place.dataFolder}.`);
  }
  if (readRunning(place.dataFolder) !== undefined) {
    throw new CommandFault(EXIT.conflict, 'A gateway has this journal open.', {
      hint: 'Stop it first; what it writes meanwhile would look torn.',
    });
  }
  try {
    if (asked.switched('set-aside')) return await setAside(asked, desk, folder);
    return await verify(desk, folder);
  } catch (cause) {
    if (!(cause instanceof JournalFault)) throw cause;
    terminal.complain({ message: cause.message });
    return EXIT.failed;
  }
}

async function verify({ terminal, place }: Desk, folder: string): Promise<ExitCode> {
  const check = await checkJournal(nodeDisk(), folder, await keysOf(place.dataFolder));
  const { fault, ...counts } = check;
  const ok = fault === undefined && check.wrongBodies === 0;
  if (terminal.json) terminal.out(`${JSON.stringify({ ok, ...counts, fault: fault?.message })}\n`);
  else {
    const rows = Object.entries(counts).map(([name, value]) => [name, String(value)]);
    terminal.out(columns([['verifies', ok ? 'yes' : 'no'], ...rows]));
    if (fault !== undefined) terminal.out(`${fault.message}\n`);
    if (check.wrongBodies > 0) terminal.out(`${WRONG_BODIES}\n`);
  }
  if (fault !== undefined) terminal.say('next: signalbox doctor journal --set-aside');
  else terminal.say(ok ? 'next: signalbox up' : 'next: signalbox doctor');
  return ok ? EXIT.ok : EXIT.failed;
}

async function keysOf(dataFolder: string): Promise<ReturnType<typeof nodeKeys> | undefined> {
  const text = await readFile(join(dataFolder, 'pepper'), 'utf8').catch(() => '');
  const hexadecimal = text.trim();
  if (!/^[0-9a-f]{64}$/.test(hexadecimal)) return undefined;
  return nodeKeys(new Uint8Array(Buffer.from(hexadecimal, 'hex')));
}

async function setAside(asked: Asked, desk: Desk, folder: string): Promise<ExitCode> {
  const { terminal } = desk;
  const question = 'Move what cannot be read out of the journal?';
  const change = { question, shown: { folder }, takes: true };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const moved = await setAsideDamage(nodeDisk(), folder);
  if (terminal.json) terminal.out(`${JSON.stringify({ moved })}\n`);
  else terminal.out(moved.length === 0 ? 'nothing to move\n' : `${moved.join('\n')}\n`);
  terminal.say('next: signalbox doctor journal');
  return EXIT.ok;
}
