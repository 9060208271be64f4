import { up } from './up.ts';

const flags: Record<string, string> = {};
const a = process.argv.slice(3);
for (let i = 0; i < a.length; i += 2) flags[(a[i] ?? '').slice(2)] = a[i + 1] ?? '';
await up(flags);
