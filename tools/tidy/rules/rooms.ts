/**
 * Folders of the engine are rooms in the order of a call: a room knows the types of earlier rooms
 * and nothing of later ones, so that the import graph is the request path. Two subpaths are gates:
 * the mint of clearances and the binding of trust to Node.
 */
import type { House, Import, SourceFile, Violation } from '../house.ts';

const ENGINE = 'packages/engine/src/';
const ROOMS = [
  ...['tenant', 'session', 'classify', 'policy', 'catalog', 'resolve', 'schedule'],
  ...['dispatch', 'settle'],
];
/** The only files that know every room: the line, what it is handed, its ends, its dry run. */
const CORRIDOR = [
  ...['line.ts', 'handed.ts', 'house.ts', 'passport.ts', 'finish.ts', 'preview.ts'],
  ...['rounds.ts', 'second-stage.ts', 'audit.ts', 'snapshot.ts', 'restore.ts', 'index.ts'],
];
/** Calls that nobody made are decided there: it knows every room, and none knows it. */
const REHEARSAL = 'rehearse/';

type Gate = {
  readonly specifier: string;
  readonly file: string;
  readonly open: readonly string[];
  readonly instead: string;
};

const GATES: readonly Gate[] = [
  {
    specifier: '@signalbox/contract/mint',
    file: 'packages/contract/src/mint.ts',
    open: ['packages/engine/src/resolve/'],
    instead: 'ask clear() of engine/resolve, or take the clearance as an argument',
  },
  {
    specifier: '@signalbox/trust/node',
    file: 'packages/trust/src/node.ts',
    open: [
      ...['packages/ports/', 'packages/cli/', 'packages/world/', 'packages/gateway/src/main.ts'],
      'packages/edge/src/runtime.ts',
    ],
    instead: 'take hash, sign and verify as arguments; ports and composers bind them',
  },
];

export function rooms(house: House): readonly Violation[] {
  const found: Violation[] = [];
  for (const file of house.files.values()) {
    if (!file.path.startsWith(ENGINE) || file.isTest) continue;
    const room = roomOf(file.path);
    const inside = file.path.slice(ENGINE.length);
    const knowsAll = CORRIDOR.includes(inside) || inside.startsWith(REHEARSAL);
    if (room === undefined && !knowsAll) {
      found.push({
        path: file.path,
        line: 1,
        rule: 'rooms',
        what: 'is in no room of the engine',
        instead: `put it into a room (${ROOMS.join(', ')}), or into a package of a lower floor`,
      });
    }
    if (room === undefined) continue;
    for (const entry of file.imports) found.push(...strayImport(file, room, entry));
  }
  return found;
}

export function gates(house: House): readonly Violation[] {
  const found: Violation[] = [];
  for (const file of house.files.values()) {
    if (file.isTest) continue;
    for (const entry of file.imports) {
      const gate = GATES.find(
        ({ specifier, file: target }) => entry.specifier === specifier || entry.target === target,
      );
      if (gate === undefined || gate.open.some((path) => file.path.startsWith(path))) continue;
      const what = `imports ${gate.specifier}`;
      const { instead } = gate;
      found.push({ path: file.path, line: entry.line, rule: 'gates', what, instead });
    }
  }
  return found;
}

function strayImport(file: SourceFile, room: string, entry: Import): readonly Violation[] {
  const { target } = entry;
  if (target === undefined || !target.startsWith(ENGINE)) return [];
  const other = roomOf(target);
  if (other === room) return [];
  const at = { path: file.path, line: entry.line, rule: 'rooms' };
  if (other === undefined) {
    const what = `${room} imports ${target.slice(ENGINE.length)}, which belongs to no room`;
    return [{ ...at, what, instead: 'the line passes in what a room needs' }];
  }
  if (ROOMS.indexOf(other) > ROOMS.indexOf(room)) {
    const what = `${room} imports the later room ${other}`;
    return [{ ...at, what, instead: 'a call has not been there yet: take it as an argument' }];
  }
  if (entry.typesOnly) return [];
  const what = `${room} imports values of the earlier room ${other}`;
  return [{ ...at, what, instead: 'import type, and read what it put into the call' }];
}

function roomOf(path: string): string | undefined {
  const [folder, rest] = path.slice(ENGINE.length).split('/');
  return rest === undefined || folder === undefined || !ROOMS.includes(folder) ? undefined : folder;
}
