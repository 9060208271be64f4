import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadSnapshot } from '../../packages/documents/src/prices-snapshot-read.ts';
import { digestOf } from './file.ts';
import { update } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const out = join(folder, 'prices.json');
const OPTIONS = { from: folder, out, date: undefined, dryRun: false, all: false };

test('the digest of the shipped list is that of its rows', async () => {
  const shipped = await loadSnapshot();
  assert.ok(shipped.ok);
  assert.equal(digestOf(shipped.value.prices), shipped.value.digest);
});

test('a missing source is named, with what belongs there', () => {
  assert.throws(() => update(OPTIONS), /model_prices\.json is missing: put .*litellm there/);
  writeSources({ input: '2.5e-06' });
  rmSync(join(folder, 'models_dev_api.json'));
  assert.throws(() => update(OPTIONS), /models_dev_api\.json is missing: put https:\/\/models/);
});

test('a source that is no JSON or another file is refused', () => {
  writeSources({ input: '2.5e-06' });
  writeFileSync(join(folder, 'model_prices.json'), '{"a":');
  assert.throws(() => update(OPTIONS), /model_prices\.json is not JSON/);
  writeFileSync(join(folder, 'model_prices.json'), '{}');
  assert.throws(() => update(OPTIONS), /names no model that we list/);
});

test('a dry run writes nothing', () => {
  writeSources({ input: '2.5e-06' });
  assert.match(last(update({ ...OPTIONS, dryRun: true })), /^dry run: would write 1 rows/);
  assert.throws(() => readFileSync(out), /ENOENT/);
});

test('the same sources give the same list, and are written once', () => {
  writeSources({ input: '2.5e-06' });
  assert.match(last(update(OPTIONS)), /^wrote 1 rows/);
  const text = readFileSync(out, 'utf8');
  assert.equal(last(update(OPTIONS)), 'nothing to write');
  assert.equal(readFileSync(out, 'utf8'), text);
});

test('a changed price needs a later day, and then adds one line', () => {
  writeSources({ input: '2.0e-06' });
  assert.throws(() => update(OPTIONS), /already has 2026-07-24 .*--date/);
  const before = pricesOf(readFileSync(out, 'utf8'));
  const lines = update({ ...OPTIONS, date: '2026-08-01' });
  assert.ok(lines.includes('~ openai gpt-x  input 2.5 output 10  ->  input 2 output 10'));
  const after = pricesOf(readFileSync(out, 'utf8'));
  assert.equal(after.length, before.length + 1);
  assert.deepEqual(after.slice(0, before.length), before);
});

test('a present list that was changed by hand is not extended', () => {
  const text = readFileSync(out, 'utf8');
  writeFileSync(out, text.replace('"input":2000000', '"input":1000000'));
  assert.throws(() => update(OPTIONS), /was changed by hand/);
  writeFileSync(out, text);
});

test('a present list that cannot be read is not written over', () => {
  writeSources({ input: '2.0e-06' });
  writeFileSync(out, '{"version":1}');
  assert.throws(() => update(OPTIONS), /no price list that can be extended/);
  assert.equal(readFileSync(out, 'utf8'), '{"version":1}');
});

function writeSources({ input }: { readonly input: string }): void {
  const facts = `"litellm_provider":"openai","mode":"chat"`;
  const price = `"input_cost_per_token":${input},"output_cost_per_token":1e-05`;
  const litellm = `{"last_updated":"2026-07-24T00:00:00","gpt-x":{${facts},${price}}}`;
  writeFileSync(join(folder, 'model_prices.json'), litellm);
  const models = `{"gpt-x":{"last_updated":"2026-07-02"}}`;
  writeFileSync(join(folder, 'models_dev_api.json'), `{"openai":{"models":${models}}}`);
}

function last(lines: readonly string[]): string {
  return lines.at(-1) ?? '';
}

/** Its price lines, without the commas between them. */
function pricesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  const start = lines.indexOf('"prices":[') + 1;
  return lines.slice(start, lines.indexOf(']', start)).map((line) => line.replace(/,$/, ''));
}
