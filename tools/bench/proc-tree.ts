import { readdirSync, readFileSync } from 'node:fs';

/**
 * What a process and all its descendants have used, read from Linux's `/proc`.
 *
 * CPU is user plus system time of every living member and of the children that members have
 * waited for; the kernel reports it in ticks of 10 ms, so a window worth believing holds a second
 * of work. Threads are inside their process. RSS is summed over the members: pages they share are
 * counted once for each. A grandchild whose parent died is lost from the tree, and with it its
 * time.
 */

export interface TreeUsage {
  readonly cpuUs: number;
  readonly rssBytes: number;
  readonly members: readonly number[];
}

/**
 * `getconf CLK_TCK`; the kernel fixes it at 100 for what user space sees, on every architecture
 * Node runs on.
 */
const ticksPerSecond = 100;
const membersMax = 4_096;

export interface ProcStat {
  readonly pid: number;
  readonly parent: number;
  /** User and system time, its own and that of children it waited for. */
  readonly ticks: number;
}

/**
 * Reads one line of `/proc/PID/stat`. The command's name may hold spaces and brackets: fields
 * begin after the last `)`.
 */
export function parseStat(line: string): ProcStat | undefined {
  const close = line.lastIndexOf(')');
  if (close < 0) return undefined;
  const pid = Number.parseInt(line, 10);
  const fields = line
    .slice(close + 2)
    .split(' ')
    .map(Number);
  const parent = fields[1];
  // Counted from the state, field 3 of proc(5): utime 14, stime 15, cutime 16, cstime 17.
  const times = fields.slice(11, 15);
  if (parent === undefined || times.length < 4) return undefined;
  const ticks = times.reduce((sum, value) => sum + value, 0);
  return Number.isFinite(pid + parent + ticks) ? { pid, parent, ticks } : undefined;
}

/** `VmRSS` of `/proc/PID/status` in bytes; 0 for a kernel thread or a zombie, which have none. */
export function parseRssBytes(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
}

/** The members of the tree below and with `root`, in no order that matters. */
export function descend(root: number, all: readonly ProcStat[]): readonly ProcStat[] {
  const children = new Map<number, ProcStat[]>();
  for (const stat of all) {
    const siblings = children.get(stat.parent);
    if (siblings === undefined) children.set(stat.parent, [stat]);
    else siblings.push(stat);
  }
  const members = all.filter((stat) => stat.pid === root);
  for (let index = 0; index < members.length && index < membersMax; index += 1) {
    members.push(...(children.get(members[index]?.pid ?? -1) ?? []));
  }
  return members;
}

export function readTree(root: number, procFolder = '/proc'): TreeUsage {
  const all: ProcStat[] = [];
  for (const name of readdirSync(procFolder)) {
    if (!/^\d+$/.test(name)) continue;
    const stat = parseStat(read(`${procFolder}/${name}/stat`));
    if (stat !== undefined) all.push(stat);
  }
  const members = descend(root, all);
  if (members.length === 0) throw new Error(`process ${root} is not there`);
  return {
    cpuUs: members.reduce((sum, stat) => sum + stat.ticks, 0) * (1_000_000 / ticksPerSecond),
    rssBytes: members.reduce(
      (sum, stat) => sum + parseRssBytes(read(`${procFolder}/${stat.pid}/status`)),
      0,
    ),
    members: members.map((stat) => stat.pid),
  };
}

/** A process may end between the listing and the reading: then there is nothing to read. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
