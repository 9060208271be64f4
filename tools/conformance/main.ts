// `npm run conformance [FOLDER]`: recorded traffic of real servers against every format. Tables on
// standard output, progress on standard error; exit 1 when a check fails, 2 when there is nothing
// to replay.
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { costs } from './costs.ts';
import { materialOf } from './material.ts';
import { matrix } from './matrix.ts';
import { replay } from './replay.ts';
import { reportOf, tablesOf } from './report.ts';
import { twins } from './twins.ts';

const USAGE = `npm run conformance -- FOLDER
npm run conformance -- FOLDER --json

FOLDER holds recorded calls of model servers, at any depth, made by any of these: cassettes of
vcrpy or go-vcr (*.yaml, *.json), messages by lines (*.txt, *.jsonl, *.ndjson), streams (*.sse),
HTTP answers (*.http), whole answers (*.json). Without FOLDER: SIGNALBOX_FIXTURES.

Options
  --json    one JSON document instead of tables
`;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const folder = positionals[0] ?? process.env['SIGNALBOX_FIXTURES'];
  const missing = missingIn(folder);
  if (folder === undefined || missing !== undefined) {
    process.stderr.write(`${missing}\n\n${USAGE}`);
    return EXIT_USAGE;
  }
  const found = replay(folder, (line) => void process.stderr.write(`${line}\n`));
  if (found.replayed.length === 0) {
    process.stderr.write(`No recording of a known format is in ${folder}.\n\n${USAGE}`);
    return EXIT_USAGE;
  }
  process.stderr.write('there and back through every format\n');
  const cells = matrix(materialOf(found.replayed));
  const told = await costs(found.replayed);
  const all = { replay: found, twins: twins(found.replayed), costs: told, cells };
  const report = reportOf(all);
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : tablesOf(all));
  return report.rows.every(({ met }) => met !== false) ? 0 : EXIT_FAILED;
}

function missingIn(folder: string | undefined): string | undefined {
  if (folder === undefined) {
    return 'No recordings: name a folder, or set SIGNALBOX_FIXTURES to one.';
  }
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? undefined : `No recordings: ${folder} is no folder.`;
}

process.exitCode = await main();
