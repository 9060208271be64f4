// The program `signalbox`: brings the process to the command line and its exit back to the process.
import { run } from './run.ts';

const { stdin, stdout, stderr, env: environment } = process;
const folder = process.cwd();

const exit = await run(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  environment,
  folder,
});

// A start that failed may have left threads behind, which would keep the process.
process.exit(exit);
