// Rows to learn routing from and to measure it on: JSON Lines of `{id, task, sub, prompt, tools?,
// models: {name: 0..1}, cost?: {name: USD}, weak_response?, role?}`. A line that is wrong is said
// with its file and number, never with its text.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Terms } from '@signalbox/engine';
import { CommandFault, EXIT } from '../exit.ts';

export type RoutingRow = {
  readonly id: string;
  readonly task: string | undefined;
  readonly sub: string | undefined;
  /** Of a row whose text nobody has: what tells equal ones. */
  readonly prompt: string;
  readonly terms?: Terms | undefined;
  readonly tools: { readonly count: number; readonly fields: number } | undefined;
  readonly outcomes: Readonly<Record<string, number>>;
  /** How much each outcome counts; absent: as a label of its own. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  readonly prices: Readonly<Record<string, number>> | undefined;
  readonly weakResponse: string | undefined;
  /** `calib` rows are learned from, `test` rows measured, wherever they stand. */
  readonly role: 'calib' | 'test' | undefined;
};

type Line = Readonly<Record<string, unknown>>;

/** @throws a fault that names file and line. */
export async function readRows(path: string): Promise<readonly RoutingRow[]> {
  const name = basename(path);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CommandFault(EXIT.missing, `${path} cannot be read.`, {
      hint: 'signalbox eval routing --train FILE --test FILE',
    });
  });
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    return [rowOf(parsed(line, `${name}:${at + 1}`), `${name}:${at + 1}`)];
  });
}

function parsed(line: string, where: string): Line {
  try {
    const value: unknown = JSON.parse(line);
    if (isLine(value)) return value;
  } catch {
    // said below, without the line
  }
  throw new CommandFault(EXIT.usage, `${where} is no JSON object.`);
}

function rowOf(line: Line, where: string): RoutingRow {
  const { prompt, role } = line;
  const outcomes = numbersOf(line['models']);
  if (typeof prompt !== 'string' || outcomes === undefined) {
    throw new CommandFault(EXIT.usage, `${where} has no prompt, or no scores in models.`);
  }
  return {
    id: wordOf(line['id']) ?? where,
    task: wordOf(line['task']),
    sub: wordOf(line['sub']),
    prompt,
    tools: toolsOf(line['tools']),
    outcomes,
    prices: numbersOf(line['cost']),
    weakResponse: wordOf(line['weak_response']),
    role: role === 'calib' || role === 'test' ? role : undefined,
  };
}

const isLine = (value: unknown): value is Line =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** What is no number (null, NaN as a word) is left out: nobody knows it. */
function numbersOf(value: unknown): Readonly<Record<string, number>> | undefined {
  if (!isLine(value)) return undefined;
  const pairs = Object.entries(value).flatMap(([name, one]): [string, number][] =>
    typeof one === 'number' && Number.isFinite(one) ? [[name, one]] : [],
  );
  return Object.fromEntries(pairs);
}

function toolsOf(value: unknown): RoutingRow['tools'] {
  if (!Array.isArray(value)) return undefined;
  const fields = value.map((tool: unknown) => {
    const parameters = isLine(tool) ? tool['parameters'] : undefined;
    const properties = isLine(parameters) ? parameters['properties'] : undefined;
    return isLine(properties) ? Object.keys(properties).length : 0;
  });
  return { count: value.length, fields: fields.reduce((sum, one) => sum + one, 0) };
}
