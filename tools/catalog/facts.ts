// catalog facts: reads what two public catalogs say of models (not prices: `main.ts`) and writes
// the shipped list.
//
//   node tools/catalog/facts.ts --from FOLDER [--out FILE]
//
// FOLDER holds the same two files as for prices, both MIT. Nothing is fetched. The same files give
// the same list to the byte. Exit codes: 0 done, 2 wrong usage or unusable files.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ListedRow } from '../../packages/documents/src/listed-models.ts';
import { mergeFacts, type Said, type SaidOf } from './facts-merge.ts';
import { sha256 } from './file.ts';
import { litellmName, MODES } from './litellm.ts';
import { MODELS_DEV_PROVIDERS } from './models-dev.ts';
import { isRecord } from './numerals.ts';

const DEFAULT_OUT = new URL('../../packages/documents/src/models.snapshot.json', import.meta.url);
const USAGE = 'usage: node tools/catalog/facts.ts --from FOLDER [--out FILE]';
type Fields = Readonly<Record<string, unknown>>;

/** @returns the lines to print. @throws with a message for people. */
export function updateFacts(from: string, out: string | URL): readonly string[] {
  const [litellm, modelsDev] = [read(from, 'model_prices.json'), read(from, 'models_dev_api.json')];
  const rows = mergeFacts([...saidByLitellm(litellm.value), ...saidByModelsDev(modelsDev.value)]);
  if (rows.length === 0) throw new Error('the files name no model that we list');
  const updated = litellm.value['last_updated'];
  const date = typeof updated === 'string' ? updated.slice(0, 10) : newest(modelsDev.value);
  const sources = [
    { name: 'litellm', licence: 'MIT', date, sha256: litellm.hash },
    { name: 'models.dev', licence: 'MIT', date: newest(modelsDev.value), sha256: modelsDev.hash },
  ];
  const path = typeof out === 'string' ? out : fileURLToPath(out);
  writeFileSync(`${path}.new`, textOf(date, sources, rows));
  renameSync(`${path}.new`, path);
  const disagreeing = rows.filter(({ other }) => other !== undefined).length;
  return [`wrote ${rows.length} models, ${disagreeing} with a disagreement`];
}

function read(folder: string, file: string): { readonly value: Fields; readonly hash: string } {
  const path = join(folder, file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Error(`${file} is missing in ${folder}`);
  }
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new Error(`${file} holds no object`);
  return { value, hash: sha256(text) };
}

const textOf = (date: string, sources: readonly object[], rows: readonly ListedRow[]): string =>
  [
    `{"version":1,"date":${JSON.stringify(date)},"sources":${JSON.stringify(sources)},"models":[`,
    rows.map((row) => JSON.stringify(row)).join(',\n'),
    ']}\n',
  ].join('\n');

function* saidByLitellm(file: Fields): Generator<SaidOf> {
  for (const [key, facts] of Object.entries(file)) {
    if (!isRecord(facts)) continue;
    const named = litellmName(key, facts['litellm_provider']);
    const mode = facts['mode'];
    if (named === undefined || typeof mode !== 'string' || !MODES.has(mode)) continue;
    const said: Said = {};
    const context = facts['max_input_tokens'];
    if (typeof context === 'number' && context > 0) said.context = context;
    state(said, 'tools', facts['supports_function_calling']);
    state(said, 'vision', facts['supports_vision']);
    state(said, 'json', facts['supports_response_schema']);
    state(said, 'reasoning', facts['supports_reasoning']);
    if (mode === 'embedding') said.embeddings = true;
    yield { source: 'litellm', ...named, said };
  }
}

function* saidByModelsDev(file: Fields): Generator<SaidOf> {
  for (const [name, provider] of Object.entries(MODELS_DEV_PROVIDERS)) {
    const held = file[name];
    const models = isRecord(held) && isRecord(held['models']) ? held['models'] : {};
    for (const [model, facts] of Object.entries(models)) {
      if (isRecord(facts)) yield { source: 'models.dev', provider, model, said: saidOf(facts) };
    }
  }
}

function saidOf(facts: Fields): Said {
  const said: Said = {};
  const limit = isRecord(facts['limit']) ? facts['limit'] : {};
  // What fits in, where it says so: the other catalog counts without the answer.
  const context = limit['input'] ?? limit['context'];
  if (typeof context === 'number' && context > 0) said.context = context;
  const modalities = isRecord(facts['modalities']) ? facts['modalities'] : {};
  const inputs = kindsIn(modalities['input']);
  const outputs = kindsIn(modalities['output']);
  if (inputs !== undefined) {
    said.inputs = inputs;
    said.vision = inputs.includes('image');
  }
  if (outputs !== undefined) said.outputs = outputs;
  state(said, 'tools', facts['tool_call']);
  state(said, 'json', facts['structured_output']);
  state(said, 'reasoning', facts['reasoning']);
  state(said, 'open_weights', facts['open_weights']);
  return said;
}

function state(said: Said, field: keyof Said, value: unknown): void {
  if (typeof value === 'boolean') said[field] = value;
}

function kindsIn(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const names = value.map((one) => (one === 'pdf' ? 'file' : one));
  return names.filter((one) => typeof one === 'string').toSorted();
}

/** Unknown days are older than any. */
function newest(file: Fields): string {
  let day = '1970-01-01';
  for (const name of Object.keys(MODELS_DEV_PROVIDERS)) {
    const held = file[name];
    const models = isRecord(held) && isRecord(held['models']) ? held['models'] : {};
    for (const facts of Object.values(models)) {
      const own = isRecord(facts) ? facts['last_updated'] : undefined;
      if (typeof own === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(own) && own > day) day = own;
    }
  }
  return day;
}

function main(): void {
  try {
    const { values } = parseArgs({
      options: { from: { type: 'string' }, out: { type: 'string' } },
    });
    if (values.from === undefined) throw new Error(USAGE);
    for (const line of updateFacts(values.from, values.out ?? DEFAULT_OUT)) console.log(line);
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : String(cause));
    process.exitCode = 2;
  }
}

if (import.meta.main) main();
