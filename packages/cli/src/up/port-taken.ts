// A port that somebody else has: who it is, as far as this machine tells, and what to do.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { CommandFault, EXIT } from '../exit.ts';

export type Wanted = { readonly host: string; readonly port: number };

const ASK_MS_MAX = 500;
const PROCESSES_MAX = 20_000;
const LISTENING = '0A';

export async function portTaken({ host, port }: Wanted): Promise<CommandFault> {
  const signalbox = await askVersion(host, port);
  const owner = signalbox === undefined ? ownerOf(port) : `signalbox ${signalbox}`;
  const by = owner === undefined ? 'another program' : owner;
  const hint =
    signalbox === undefined
      ? `Stop it, or choose another port: signalbox up --port ${port + 1}`
      : `It may be yours already: curl http://${host}:${port}/readyz; else: signalbox up --port 0`;
  return new CommandFault(EXIT.usage, `Port ${port} on ${host} is taken by ${by}.`, { hint });
}

async function askVersion(host: string, port: number): Promise<string | undefined> {
  const name = host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${name}:${port}/healthz`, {
      signal: AbortSignal.timeout(ASK_MS_MAX),
      redirect: 'manual',
    });
    const body: unknown = await answer.json();
    if (typeof body !== 'object' || body === null || !('version' in body)) return undefined;
    const { version } = body;
    return typeof version === 'string' && /^[\w.+-]{1,64}$/.test(version) ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Where the kernel lists sockets as files; elsewhere nobody is named. */
function ownerOf(port: number): string | undefined {
  const inode = ['/proc/net/tcp', '/proc/net/tcp6']
    .map((file) => inodeIn(textOf(file), port))
    .find((one) => one !== undefined);
  if (inode === undefined) return undefined;
  const wanted = `socket:[${inode}]`;
  for (const pid of entriesOf('/proc')
    .filter((name) => /^\d+$/.test(name))
    .slice(0, PROCESSES_MAX)) {
    const folder = `/proc/${pid}/fd`;
    if (entriesOf(folder).some((fd) => linkOf(`${folder}/${fd}`) === wanted)) {
      return `${textOf(`/proc/${pid}/comm`).trim()} (process ${pid})`;
    }
  }
  return undefined;
}

function inodeIn(table: string, port: number): string | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of table.split('\n')) {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state === LISTENING && local.endsWith(suffix)) return inode;
  }
  return undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
