// The texts that a scanner is measured on, read from a folder of JSON Lines. A file that is missing
// leaves its figures out; a line that is wrong is said with its file and number. Offsets in the
// files count code points; here they are UTF-16, as the scanner's are.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFault, EXIT } from '../exit.ts';

export type Gold = { readonly start: number; readonly end: number; readonly type: string };

export type Sample = {
  readonly id: string;
  /** `chat`, `structured`, `ident_ctx`, `table`, `secret_gen`, `benign`: what it is a sample of. */
  readonly kind: string;
  readonly text: string;
  /** Undefined where only the count or a verdict is known. */
  readonly gold: readonly Gold[] | undefined;
  /** The only types that are judged; empty: all. */
  readonly scope: readonly string[];
  /** Whether something is there, where no spans say so. */
  readonly there: boolean | undefined;
};

type Line = Readonly<Record<string, unknown>>;
type Reading = (line: Line, id: string) => readonly Sample[];

const FILES: readonly (readonly [file: string, read: Reading])[] = [
  ['gateway_synth.jsonl', spanned],
  ['identifiers_synth.jsonl', spanned],
  ['presidio_synth_v2.jsonl', spanned],
  ['presidio_recognizer_tables.jsonl', table],
  ['secrets.jsonl', secret],
  ['../injection/agentdojo_benign.jsonl', agent],
  ['../injection/asb_benign_tools_tasks.jsonl', whole],
  ['../injection/text_level.jsonl', mail],
  ['../traces/tool_traces.jsonl', whole],
  ['benign.jsonl', benign],
];

/** @throws a fault that names the folder when it holds none of the files. */
export async function readSamples(folder: string): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const [file, read] of FILES) {
    const path = join(folder, file);
    if (existsSync(path)) samples.push(...(await readFileOf(path, file, read)));
  }
  if (samples.length > 0) return samples;
  const names = FILES.map(([file]) => file).join(', ');
  throw new CommandFault(EXIT.missing, `${folder} holds none of: ${names}.`, {
    hint: 'signalbox eval scan FOLDER',
  });
}

async function readFileOf(path: string, name: string, read: Reading): Promise<readonly Sample[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    return read(parsed(line, `${name}:${index + 1}`), `${name}:${index + 1}`);
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

const isLine = (value: unknown): value is Line =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const idOf = (line: Line, id: string): string => textOf(line['id']) || id;

function spanned(line: Line, id: string): readonly Sample[] {
  const text = textOf(line['text']);
  const gold = goldOf(text, line['spans']);
  return [
    { id: idOf(line, id), kind: textOf(line['kind']), text, gold, scope: [], there: undefined },
  ];
}

function table(line: Line, id: string): readonly Sample[] {
  const text = textOf(line['text']);
  const scope = Array.isArray(line['scope']) ? line['scope'].map(textOf) : [];
  const there = Number(line['expected_count']) > 0;
  const gold = goldOf(text, line['spans']);
  return [{ id: idOf(line, id), kind: 'table', text, gold, scope, there }];
}

function secret(line: Line, id: string): readonly Sample[] {
  const text = Buffer.from(textOf(line['text_b64']), 'base64').toString('utf8');
  const gold = goldOf(text, line['spans']);
  const there = gold === undefined ? line['label'] === true : undefined;
  return [{ id: idOf(line, id), kind: textOf(line['kind']), text, gold, scope: [], there }];
}

/** Every prompt, argument and output of a task is a text of its own; one row is one call. */
function agent(line: Line, id: string): readonly Sample[] {
  const calls = Array.isArray(line['calls']) ? line['calls'] : [];
  const texts = [line['prompt'], ...calls.flatMap((call) => (isLine(call) ? [call] : []))];
  const text = texts.map((one) => (typeof one === 'string' ? one : plain(one))).join('\n\n');
  return [sample(idOf(line, id), text)];
}

function plain(call: unknown): string {
  if (!isLine(call)) return '';
  return `${JSON.stringify(call['args'])}\n${textOf(call['output'])}`;
}

function whole(line: Line, id: string): readonly Sample[] {
  return [sample(idOf(line, id), JSON.stringify(line))];
}

function mail(line: Line, id: string): readonly Sample[] {
  return line['label'] === 'benign' ? benign(line, id) : [];
}

function benign(line: Line, id: string): readonly Sample[] {
  return [sample(idOf(line, id), textOf(line['text']))];
}

const sample = (id: string, text: string): Sample => ({
  ...{ id, kind: 'benign', text, gold: undefined, scope: [], there: undefined },
});

function goldOf(text: string, spans: unknown): readonly Gold[] | undefined {
  if (!Array.isArray(spans)) return undefined;
  const offsets = utf16Offsets(text);
  return spans.flatMap((span: unknown) => {
    if (!isLine(span)) return [];
    const [start = 0, end = 0] = [offsets[Number(span['start'])], offsets[Number(span['end'])]];
    return [{ start, end, type: textOf(span['type']) }];
  });
}

/** Where each code point begins; one more for the end. */
function utf16Offsets(text: string): readonly number[] {
  const offsets: number[] = [0];
  let at = 0;
  for (const letter of text) {
    at += letter.length;
    offsets.push(at);
  }
  return offsets;
}
