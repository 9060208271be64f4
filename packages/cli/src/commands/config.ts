// `signalbox config`: what the files say, whether they are right, and the whole of it as one file.
// Works without a server, on the same reading that a start makes.

import { renderProblems } from '@signalbox/config';
import { createClock } from '@signalbox/ports';
import type { Asked, Command, Desk, FlagFacts } from '../command.ts';
import { CONFIG_FLAG } from '../configuration/config-flag.ts';
import { readOffline } from '../configuration/offline.ts';
import { publishable, publishingBy } from '../configuration/publishable.ts';
import type { Whole } from '../configuration/whole.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { columns, counted } from '../layout.ts';
import { problemsOf, type Reading } from '../up/documents.ts';

const FILES: Readonly<Record<string, FlagFacts>> = {
  config: CONFIG_FLAG,
};

export const commands: readonly Command[] = [
  {
    name: 'config validate',
    says: 'Show every mistake of the configuration at once; starts nothing.',
    takes: [{ name: 'FILE', says: 'Instead of --config.', optional: true }],
    flags: FILES,
    examples: ['signalbox config validate', "signalbox config validate --config 'config/*.yaml'"],
    run: validate,
  },
  {
    name: 'config show',
    says: 'Print each value with where it comes from.',
    takes: [{ name: 'FILE', says: 'Instead of --config.', optional: true }],
    flags: FILES,
    examples: ['signalbox config show', 'signalbox config show --json'],
    run: show,
  },
  {
    name: 'config export',
    says: 'Print the whole configuration as one signalbox.yaml.',
    takes: [{ name: 'FILE', says: 'Instead of --config.', optional: true }],
    flags: FILES,
    examples: ['signalbox config export > signalbox.yaml'],
    run: exportAll,
  },
];

async function validate(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const reading = await checkedReading(await readDocuments(asked, desk));
  const problems = problemsOf(reading);
  const whole = reading.kind === 'whole' && reading.whole.ok ? reading.whole : undefined;
  if (terminal.json) {
    const { notices, notActive } = whole?.read ?? { notices: [], notActive: [] };
    const valid = whole !== undefined;
    terminal.out(`${JSON.stringify({ valid, problems, notices, not_active: notActive })}\n`);
    return whole === undefined ? EXIT.usage : EXIT.ok;
  }
  if (whole === undefined) {
    const color = terminal.paint.bold('') !== '';
    terminal.out(renderProblems(problems, { color }));
    return EXIT.usage;
  }
  terminal.out(notesText(whole));
  const { endpoints, tenants, keys, policies } = whole.configuration;
  const named = [...whole.gathered.named];
  terminal.out(
    `valid: ${named.length === 0 ? 'no file, what comes along' : named.join(', ')}: ` +
      `${counted(endpoints.size, 'endpoint')}, ${counted(tenants.size, 'tenant')}, ` +
      `${counted(keys.size, 'key')}, ${counted(policies.size, 'policy', 'policies')}\n`,
  );
  const files = patternsIn(asked, desk).map((one) => ` --config ${one}`);
  terminal.say(`next: signalbox up${files.join('')}`);
  return EXIT.ok;
}

/** As a start would take it. */
async function checkedReading(reading: Reading): Promise<Reading> {
  if (reading.kind !== 'whole') return reading;
  return { kind: 'whole', whole: await publishable(reading.whole, publishingBy(createClock())) };
}

function notesText({ read }: Extract<Whole, { ok: true }>): string {
  const notes = [...read.notices, ...read.notActive].map(({ file, line, path, message }) => [
    `${file}:${line}`,
    path,
    message,
  ]);
  return notes.length === 0 ? '' : `${columns(notes)}\n`;
}

async function show(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const whole = await readRight(asked, desk);
  if (whole === undefined) return EXIT.usage;
  const origins = whole.read.origins();
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ values: origins, version: whole.digest })}\n`);
    return EXIT.ok;
  }
  terminal.out(
    columns(origins.map(({ path, value, from, where }) => [path, value, where || from])),
  );
  terminal.say('next: signalbox config export');
  return EXIT.ok;
}

async function exportAll(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const whole = await readRight(asked, desk);
  if (whole === undefined) return EXIT.usage;
  const yaml = whole.read.yaml();
  terminal.out(terminal.json ? `${JSON.stringify({ yaml })}\n` : yaml);
  terminal.say('next: signalbox config validate --config signalbox.yaml');
  return EXIT.ok;
}

async function readRight(
  asked: Asked,
  desk: Desk,
): Promise<Extract<Whole, { ok: true }> | undefined> {
  const { terminal } = desk;
  const reading = await readDocuments(asked, desk);
  if (reading.kind === 'whole' && reading.whole.ok) return reading.whole;
  const problems = problemsOf(reading);
  if (terminal.json) terminal.out(`${JSON.stringify({ valid: false, problems })}\n`);
  else terminal.out(renderProblems(problems, { color: false }));
  return undefined;
}

function readDocuments(asked: Asked, desk: Desk): Promise<Reading> {
  const patterns = patternsIn(asked, desk);
  return readOffline(desk.place, patterns.length === 0 ? {} : { patterns });
}

/** What was named; nothing when it is the file that is read by itself. */
function patternsIn(asked: Asked, { place }: Desk): readonly string[] {
  const file = asked.words['FILE'];
  return file === undefined ? place.settings.configFiles : [file];
}
