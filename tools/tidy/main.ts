/** `npm run tidy`: prints every place where the house is not as agreed. */
import { fileURLToPath } from 'node:url';
import { readHouse, show, tidy } from './tidy.ts';

const begin = performance.now();
const house = readHouse(fileURLToPath(new URL('../..', import.meta.url)));
const violations = tidy(house);
for (const violation of violations) process.stdout.write(`${show(violation)}\n`);
const seconds = ((performance.now() - begin) / 1000).toFixed(2);
process.stderr.write(`${house.files.size} files, ${violations.length} violations, ${seconds} s\n`);
if (violations.length > 0) process.exitCode = 1;
