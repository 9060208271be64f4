/** A small house in memory, for planting faults into. */
import { buildHouse, type House, type Violation } from './house.ts';
import { tidy } from './tidy.ts';

type Texts = Readonly<Record<string, string>>;

const manifest = (name: string, dependencies: readonly string[], more: object = {}): string =>
  JSON.stringify({
    name,
    exports: { '.': './src/index.ts' },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '0.1.0'])),
    ...more,
  });

const CONTRACT = '@signalbox/contract';

const SOUND: Texts = {
  'package.json': JSON.stringify({
    name: 'repository',
    devDependencies: { 'fast-check': '4.0.0' },
  }),
  'packages/contract/package.json': manifest(CONTRACT, [], {
    exports: { '.': './src/index.ts', './mint': './src/mint.ts' },
  }),
  'packages/contract/src/index.ts': 'export type Id = string;\n',
  'packages/contract/src/mint.ts': 'export const mint = 1;\n',
  'packages/trust/package.json': manifest('@signalbox/trust', [CONTRACT], {
    exports: { '.': './src/index.ts', './node': './src/node.ts' },
  }),
  'packages/trust/src/index.ts': 'export const trust = 1;\n',
  'packages/trust/src/node.ts': "import { sign } from 'node:crypto';\nexport const bound = sign;\n",
  'packages/engine/package.json': manifest('@signalbox/engine', [CONTRACT, '@signalbox/trust']),
  'packages/engine/src/index.ts': "export { serve } from './line.ts';\n",
  'packages/engine/src/line.ts': [
    "import { admit } from './tenant/tenant.ts';",
    "import { clear } from './resolve/resolve.ts';",
    'export async function serve(): Promise<void> {',
    '  await clear(admit());',
    '}\n',
  ].join('\n'),
  'packages/engine/src/tenant/tenant.ts': [
    'export type Admitted = { readonly id: string };',
    "export const admit = (): Admitted => ({ id: 'a' });\n",
  ].join('\n'),
  'packages/engine/src/resolve/resolve.ts': [
    "import { mint } from '@signalbox/contract/mint';",
    "import type { Admitted } from '../tenant/tenant.ts';",
    'export const clear = (call: Admitted) => [call, mint];\n',
  ].join('\n'),
  'packages/ports/package.json': manifest('@signalbox/ports', [CONTRACT, '@signalbox/trust']),
  'packages/ports/src/index.ts': 'export const now = (): number => Date.now();\n',
  'packages/gateway/package.json': manifest('@signalbox/gateway', [
    ...[CONTRACT, '@signalbox/engine', '@signalbox/ports'],
  ]),
  'packages/gateway/src/index.ts': "export { now } from '@signalbox/ports';\n",
};

/** The sound house with other files in it. */
export function plant(files: Texts = {}): House {
  return buildHouse(new Map(Object.entries({ ...SOUND, ...files })));
}

/** What tidy finds when these files are planted. */
export function find(files: Texts): readonly Violation[] {
  return tidy(plant(files));
}
