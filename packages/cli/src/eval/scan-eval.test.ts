import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { figuresOf, isCovered, judge } from './scan-figures.ts';
import { readSamples } from './scan-set.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-scan-'));
});
after(() => rm(folder, { recursive: true }));

const line = (value: object): string => `${JSON.stringify(value)}\n`;

describe('an evaluation of the scanner', () => {
  it('counts what half covers as found, and offsets in code points', async () => {
    const text = '😀 SSN 219-09-9998 and Jo';
    const spans = [
      { start: 6, end: 17, type: 'US_SSN' },
      { start: 22, end: 24, type: 'PERSON' },
    ];
    const rows = [
      { id: 'a', kind: 'chat', text, spans },
      { id: 'b', kind: 'hard_negative', text: 'order 12', spans: [] },
      { id: 'c', kind: 'hard_negative', text: 'mail jo@mail.example', spans: [] },
    ];
    await writeFile(join(folder, 'gateway_synth.jsonl'), rows.map(line).join(''));
    const samples = await readSamples(folder);
    const [first] = samples;
    const [gold] = first?.gold ?? [];
    assert.equal(first?.text.slice(gold?.start, gold?.end), '219-09-9998');
    const figures = new Map(figuresOf(judge(samples)).map((one) => [one.figure, one]));
    assert.equal(figures.get('found in chat')?.ours, 1);
    assert.equal(figures.get('found in chat')?.count, 1);
    assert.equal(figures.get('raised, hard negatives')?.ours, 0.5);
    assert.equal(figures.get('found, secrets')?.ours, null);
  });

  it('needs half of a span', () => {
    const found = { start: 0, end: 5, type: 'x', kind: 'secret', confidence: 1 } as const;
    assert.ok(isCovered({ start: 0, end: 10, type: 'X' }, [found]));
    assert.ok(!isCovered({ start: 0, end: 11, type: 'X' }, [found]));
  });

  it('counts findings that raise apart from notes, and calls with a mailbox apart', async () => {
    const tables = ['from 84.210.212.99', 'from 192.0.2.1', 'from here'].map((text, at) => ({
      ...{ id: `t${at}`, text, scope: ['IP_ADDRESS'], expected_count: 1 },
    }));
    const calls = [{ text: 'write to jo@mail.example' }, { text: 'hello' }];
    await writeFile(join(folder, 'presidio_recognizer_tables.jsonl'), tables.map(line).join(''));
    await writeFile(join(folder, 'benign.jsonl'), calls.map(line).join(''));
    const figures = figuresOf(judge(await readSamples(folder)));
    const ours = (name: string) => figures.filter(({ figure }) => figure.startsWith(name));
    assert.deepEqual(
      ours('found, rows of recogniser tables').map((one) => [one.ours, one.count]),
      [
        [1 / 3, 3],
        [1 / 2, 2],
        [2 / 3, 3],
      ],
    );
    assert.deepEqual(
      ours('raised, benign agent traffic').map((one) => [one.ours, one.count]),
      [
        [1 / 2, 2],
        [0, 1],
      ],
    );
  });

  it('says where a line is wrong, without the line', async () => {
    await writeFile(join(folder, 'secrets.jsonl'), 'my secret is 219-09-9998\n');
    await assert.rejects(
      readSamples(folder),
      /^CommandFault: secrets\.jsonl:1 is no JSON object\.$/,
    );
  });

  it('says what it looked for in a folder that holds none of it', async () => {
    await assert.rejects(readSamples(join(folder, 'none')), /holds none of: gateway_synth/);
  });
});
