// `node tools/docs/main.ts`: writes the pages of docs/reference that come from code. It says which
// have changed, and touches no other.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WRITTEN_PAGES } from './pages.ts';

for (const { path, text } of WRITTEN_PAGES) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const after = await text();
  if (before === after) continue;
  writeFileSync(file, after);
  process.stdout.write(`${path}\n`);
}
