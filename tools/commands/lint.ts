/** `npm run lint` and `npm run format`: Biome over the repository, or over the given paths. */
import { leaveWith, runChild } from '../../packages/cli/bin/find-node.mjs';

const BIOME = 'node_modules/@biomejs/biome/bin/biome';

const args = [BIOME, 'check', '--error-on-warnings', ...process.argv.slice(2)];
leaveWith(await runChild(process.execPath, args));
